// Cards that get their answers at once are drawn one after the other, each in a task of its own: between two of them the
// browser can paint and take clicks.
const channel = new MessageChannel();
const waiting: (() => void)[] = [];

channel.port1.onmessage = () => waiting.shift()?.();

/** Resolves in a task of its own, after those who asked before. */
export function turn(): Promise<void> {
    return new Promise((resolve) => {
        waiting.push(resolve);
        channel.port2.postMessage(null);
    });
}
