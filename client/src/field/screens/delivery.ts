/** The state of all unsent work, read once in App.vue and shared by every header. */
import { computed, inject } from "vue";
import type { ComputedRef, InjectionKey, ShallowRef } from "vue";
import type { Delivery } from "../../ui/delivery.ts";
import type { OutboxState } from "../outbox/state.ts";

export const OUTBOX: InjectionKey<Readonly<ShallowRef<OutboxState | undefined>>> = Symbol("outbox");

export interface DeliveryUse {
  outbox: ComputedRef<OutboxState | undefined>;
  overall: ComputedRef<Delivery>;
  /** For the screens of one visit. */
  ofVisit: (visitId: string) => Delivery;
}

export function useDelivery(): DeliveryUse {
  const state = inject(OUTBOX);
  const outbox = computed(() => state?.value);
  return {
    outbox,
    overall: computed(() => outbox.value?.overall ?? { state: "on_phone" }),
    ofVisit: (visitId) => outbox.value?.visits.find((visit) => visit.visit_id === visitId)?.delivery ?? { state: "on_phone" },
  };
}
