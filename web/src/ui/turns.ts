// What is drawn gets a task of its own, so that between two of them the browser can paint and take clicks. What the reader
// sees comes first; what is out of sight is drawn when nothing else is to do.
interface Waiting {
    go: () => void;
    inSight: () => boolean;
}

const IDLE_AT_LATEST = 500; /* ms */

const channel = new MessageChannel();
const waiting: Waiting[] = [];

const planned = { task: false, idle: false };

channel.port1.onmessage = () => {
    planned.task = false;
    take();
};

/* Who is in sight, else the first. */
function take(): void {
    const at = waiting.findIndex((w) => w.inSight());
    const [next] = waiting.splice(Math.max(0, at), 1);
    next?.go();
    plan();
}

function plan(): void {
    if (waiting.length === 0 || planned.task) {
        return;
    }
    if (waiting.some((w) => w.inSight()) || typeof requestIdleCallback !== 'function') {
        planned.task = true;
        channel.port2.postMessage(null);
    } else if (!planned.idle) {
        planned.idle = true;
        requestIdleCallback(
            () => {
                planned.idle = false;
                take();
            },
            { timeout: IDLE_AT_LATEST },
        );
    }
}

/** Resolves in a task of its own: first for what is in sight then, in the order in which they asked. */
export function turn(inSight: () => boolean = () => true): Promise<void> {
    return new Promise((resolve) => {
        waiting.push({ go: resolve, inSight });
        plan();
    });
}

const seen = new WeakMap<Element, boolean>();
const observer =
    typeof IntersectionObserver === 'function'
        ? new IntersectionObserver((entries) => entries.forEach((e) => seen.set(e.target, e.isIntersecting)))
        : null;

/** From now on it is known whether the element is in the window. */
export function watch(element: Element): void {
    observer?.observe(element);
}

export function unwatch(element: Element): void {
    observer?.unobserve(element);
}

/** Whether a watched element, or the watched one around this one, is in the window; true as long as nobody knows. */
export function isInSight(element: Element): boolean {
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
        const known = seen.get(at);
        if (known !== undefined) {
            return known;
        }
    }
    return true;
}
