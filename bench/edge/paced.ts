/** Calls `act` at a fixed rate for some seconds, catching up after each pause; resolves when all were made. */
export function paced(rate: number, seconds: number, act: (n: number) => void): Promise<void> {
  const began = performance.now();
  const total = Math.floor(rate * seconds);
  let done = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const wanted = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate));
      while (done < wanted) act(done++);
      if (done < total) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
}
