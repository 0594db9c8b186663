/** Whether the desk is shown on a narrow screen; a few widgets (drawers) need the answer in script, not only in CSS. */
import { onBeforeUnmount, ref, type Ref } from 'vue';

export function useNarrow(maxWidthPx = 900): Ref<boolean> {
  const query = window.matchMedia(`(max-width: ${maxWidthPx}px)`);
  const narrow = ref(query.matches);
  const update = (): void => { narrow.value = query.matches; };
  query.addEventListener('change', update);
  onBeforeUnmount(() => query.removeEventListener('change', update));
  return narrow;
}
