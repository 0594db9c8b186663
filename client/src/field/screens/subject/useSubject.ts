/** One subject with its open hazards, its visit under way and the checklists that fit; starting a visit. */
import { computed } from "vue";
import type { ComputedRef, ShallowRef } from "vue";
import type { ProfileValue } from "../../../api/wire.ts";
import { locate } from "../../../media/position.ts";
import { hazardsOfSubject, isOpenHazard } from "../../local/hazards.ts";
import type { HazardView } from "../../local/hazards.ts";
import type { ChecklistRow, DraftSummary, LeftRow, SubjectRow, VisitRow } from "../../local/rows.ts";
import { useLive } from "../../local/live.ts";
import { checklistsFor, findSubject } from "../../local/subjects.ts";
import { inVault } from "../../local/vault.ts";
import { saveProfileValue, saveVisitDetails, startSubmission, startVisit } from "../../local/visits.ts";
import { useVault } from "../vault-access.ts";
import { profileFieldsOf } from "./profile.ts";

export interface SubjectPage {
  subject: SubjectRow | null;
  /** It was mine, and whose it is now. */
  left: LeftRow | null;
  hazards: HazardView[];
  visit: VisitRow | null;
  /** Visits of this subject that were finished on this phone. */
  made: VisitRow[];
  /** Visits of this subject that were begun on other devices and can be continued here. */
  drafts: DraftSummary[];
  /** Those of its own sectors first, then the ones for every sector; null until they were looked for. */
  checklists: ChecklistRow[] | null;
}

export interface SubjectUse {
  page: ComputedRef<SubjectPage | undefined>;
  error: ShallowRef<unknown>;
  gone: ComputedRef<boolean>;
  /** Returns the visit, and its only checklist when nothing else is to be done first. */
  begin: (hashes: readonly string[], profile: Record<string, ProfileValue>) => Promise<{ visit: string; checklist: string | null }>;
}

export function useSubject(subjectId: () => string): SubjectUse {
  const vault = useVault();
  // Two queries: what a query reads after its first await is not followed.
  const { value: read, error } = useLive(() => readSubject(subjectId()), subjectId);
  const { value: checklists } = useLive(
    async () => (read.value?.subject ? checklistsFor(vault, read.value.subject) : null),
    () => read.value?.subject && [read.value.subject.id, ...read.value.subject.sectors].join(),
  );
  const page = computed(() => (read.value === undefined ? undefined : { ...read.value, checklists: checklists.value ?? null }));

  async function readSubject(id: string): Promise<Omit<SubjectPage, "checklists">> {
    const [subject, visits, hazards, mirrors, left] = await Promise.all([
      findSubject(vault, id),
      inVault(vault, () => vault.db.visits.where({ subject_id: id }).toArray()),
      hazardsOfSubject(vault, id),
      inVault(vault, () => vault.db.mirrors.where({ subject_id: id }).toArray()),
      inVault(vault, () => vault.db.left.get(id)),
    ]);
    const underWay = visits.filter((visit) => visit.state === "open");
    const open = new Set(underWay.map((visit) => visit.id));
    const drafts = mirrors.flatMap(({ server, visit_id, discarded }) => (server !== null && !server.finished && !discarded && !open.has(visit_id) ? [server] : []));
    const made = visits.filter((visit) => visit.state === "finished");
    return { subject: subject ?? null, left: left ?? null, visit: underWay[0] ?? null, made, drafts, hazards: hazards.filter(isOpenHazard) };
  }

  async function begin(hashes: readonly string[], profile: Record<string, ProfileValue>): Promise<{ visit: string; checklist: string | null }> {
    const visit = await startVisit(vault, subjectId());
    const rows = await inVault(vault, () => vault.db.checklists.bulkGet([...hashes]));
    const submissions = [];
    for (const row of rows) {
      if (!row || row.document === null) continue;
      const submission = await startSubmission(vault, visit.id, row);
      for (const field of profileFieldsOf([row])) {
        const value = profile[field.id];
        if (value !== undefined && submission.profile[field.id] !== value) await saveProfileValue(vault, submission.id, field.id, value);
      }
      submissions.push(submission);
    }
    keepPosition(visit.id);
    const only = submissions.length === 1 ? submissions[0] : undefined;
    const recheckFirst = (read.value?.hazards.length ?? 0) > 0;
    return { visit: `/visits/${visit.id}`, checklist: only && !recheckFirst ? `/visits/${visit.id}/checklists/${only.id}` : null };
  }

  /** One fix per visit, taken while the inspector is already working; a refusal or a finished visit is no fault. */
  function keepPosition(visitId: string): void {
    void locate({ geolocation: navigator.geolocation, now: () => Date.now() })
      .then((found) => (found.kind === "located" ? saveVisitDetails(vault, visitId, { position: found.position }) : undefined))
      .catch(() => undefined);
  }

  return { page, error, gone: computed(() => page.value?.subject === null), begin };
}
