/** Listens for a page's keyboard commands while the page is shown and `isEnabled` says so. */
import { onBeforeUnmount, onMounted } from 'vue';
import { belongsToControl, commandFor } from './hotkeys';

export function useHotkeys<C extends string>(keys: Readonly<Record<string, C>>, run: (command: C) => void, isEnabled: () => boolean = () => true): void {
  function onKey(event: KeyboardEvent): void {
    if (!isEnabled() || belongsToControl(event)) return;
    const command = commandFor(event, keys);
    if (!command) return;
    event.preventDefault();
    run(command);
  }

  onMounted(() => window.addEventListener('keydown', onKey));
  onBeforeUnmount(() => window.removeEventListener('keydown', onKey));
}
