/** Has the page kept by its service worker, so that it opens without a network. Browsers do so on https and localhost only. */
export function registerWorker(): void {
  if (!('serviceWorker' in navigator)) return;
  navigator.serviceWorker.register('/service-worker.js').catch((error: unknown) => {
    console.warn('the page will not open without a network:', error);
  });
}
