// Promises that an AbortSignal can end the waiting for.

/** Settles like `promise`, or rejects with the signal's reason if that comes first. What is late goes to `late`. */
export const orAborted = async <Value>(promise: Promise<Value>, signal: AbortSignal, late?: (value: Value) => void): Promise<Value> => {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason as Error);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } catch (error) {
    if (late) promise.then(late, () => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};
