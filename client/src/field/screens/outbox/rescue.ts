/** Making the rescue file and handing it to the phone, as a download. */
import { ref } from "vue";
import type { Ref } from "vue";
import { writeRescueFile } from "../../local/rescue.ts";
import { thisDeviceId } from "../../session/room.ts";
import { useOpenSession } from "../../session/index.ts";

export type RescueState = { kind: "idle" } | { kind: "working" } | { kind: "done"; photos: number; records: number } | { kind: "failed"; reason: string };

export function useRescue(): { state: Ref<RescueState>; write: () => Promise<void> } {
  const { vault, user } = useOpenSession();
  const state = ref<RescueState>({ kind: "idle" });

  async function write(): Promise<void> {
    state.value = { kind: "working" };
    try {
      const file = await writeRescueFile(vault, { user, device_id: await thisDeviceId() });
      handOver(new File([file.content], file.name, { type: "application/zip" }));
      state.value = { kind: "done", photos: file.photos, records: file.records };
    } catch (error) {
      state.value = { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
    }
  }
  return { state, write };
}

function handOver(file: File): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = file.name;
  link.click();
  // The browser reads the file after the click returns.
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
