import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

const { scheduleCheckPendingRequests: schedule } = RequestQueue.prototype;

/**
 * kafkajs 2.2.4 looks for requests that wait a thousand times a second on each connection, whether any does or not (its issues
 * 1556 and 1704). Here it looks while some wait: what makes one wait schedules the next look.
 */
RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length > 0) schedule.call(this);
};
