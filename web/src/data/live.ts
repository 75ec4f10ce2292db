// Answers of the server that shows this page.
import { AnswerError, keyOf, type Meta, type Source } from './source';

const KEEP = 60; /* answers kept to come back to without a call */

/* Seconds that an answer which the server kept may be old; one that was quick to make it gives as of now. */
const OLDEST = 3600;

/* Calls with a body that only ask. */
const ASKS = /^(recommendations|search\/photo|rules\/preview)(\?|$)/;

async function problemOf(response: Response): Promise<AnswerError> {
    let title = `The server answers with ${response.status}.`;
    let details = '';
    try {
        const problem = (await response.json()) as { title?: string; detail?: string; instance?: string };
        title = problem.detail ?? problem.title ?? title;
        details = JSON.stringify(problem, null, 2);
    } catch {
        details = `${response.status} ${response.statusText}`;
    }
    return new AnswerError(title, response.status, details);
}

/** A call under way: all who ask for the same wait for it, and it is given up once none of them waits any more. */
interface Flight {
    answer: Promise<unknown>;
    waiting: number;
    stop: AbortController;
}

/**
 * The answer of a flight, or an error as soon as `signal` says that it is not wanted. Whoever gives up and asks again at
 * once (a filter that this answer does not depend on) finds the same call still under way.
 */
function waitFor(flight: Flight, signal?: AbortSignal): Promise<unknown> {
    flight.waiting += 1;
    return new Promise((resolve, reject) => {
        const leave = (): void => {
            reject(new DOMException('not wanted any more', 'AbortError'));
            setTimeout(() => {
                flight.waiting -= 1;
                if (flight.waiting === 0) {
                    flight.stop.abort();
                }
            });
        };
        signal?.addEventListener('abort', leave, { once: true });
        flight.answer.then(resolve, reject).finally(() => signal?.removeEventListener('abort', leave));
        if (signal?.aborted === true) {
            leave();
        }
    });
}

export class LiveSource implements Source {
    readonly live = true;
    private readonly kept = new Map<string, unknown>();
    private changed = -Infinity; /* when this page last changed something, ms: nothing older is shown */
    private readonly flights = new Map<string, Flight>();

    /** Forgets all answers: the next ones are as of now. */
    renew(): void {
        this.kept.clear();
        this.flights.clear();
    }

    async meta(signal?: AbortSignal): Promise<Meta> {
        return this.fetch<Meta>('dashboard', {}, signal);
    }

    async get<T>(path: string, params: Record<string, string>, signal?: AbortSignal): Promise<T> {
        const key = keyOf(path, params);
        const known = this.kept.get(key);
        if (known !== undefined) {
            return known as T;
        }
        return (await waitFor(this.flights.get(key) ?? this.begin(key, path, params), signal)) as T;
    }

    private begin(key: string, path: string, params: Record<string, string>): Flight {
        const stop = new AbortController();
        const flight: Flight = { answer: this.fetch(path, params, stop.signal), waiting: 0, stop };
        this.flights.set(key, flight);
        const current = (): boolean => this.flights.get(key) === flight; // not so after renew()
        flight.answer.then(
            (answer) => {
                if (current()) {
                    this.flights.delete(key);
                    this.keep(key, answer);
                }
            },
            () => current() && this.flights.delete(key),
        );
        return flight;
    }

    private keep(key: string, answer: unknown): void {
        this.kept.set(key, answer);
        if (this.kept.size > KEEP) {
            const oldest = this.kept.keys().next().value;
            if (oldest !== undefined) {
                this.kept.delete(oldest);
            }
        }
    }

    photo(item: string, size: 64 | 160): string {
        return `v1/items/${encodeURIComponent(item)}/photos/1?size=${size}`;
    }

    send = async (method: string, path: string, body: unknown): Promise<unknown> => {
        const init: RequestInit = { method, credentials: 'same-origin' };
        if (body !== undefined) {
            init.body = body instanceof Blob ? body : JSON.stringify(body);
            init.headers = { 'Content-Type': body instanceof Blob ? body.type : 'application/json' };
        }
        const response = await fetch(`v1/${path}`, init);
        if (!response.ok) {
            throw await problemOf(response);
        }
        if (!ASKS.test(path)) {
            this.changed = performance.now();
            this.renew();
        }
        const words = await response.text();
        return words === '' ? null : JSON.parse(words);
    };

    private async fetch<T>(path: string, params: Record<string, string>, signal?: AbortSignal): Promise<T> {
        const query = new URLSearchParams(params).toString();
        const age = Math.floor(Math.min(OLDEST, (performance.now() - this.changed) / 1000));
        const init: RequestInit = { credentials: 'same-origin', headers: { 'Cache-Control': `max-age=${age}` } };
        if (signal) {
            init.signal = signal;
        }
        let response: Response;
        try {
            response = await fetch(`v1/${path}${query === '' ? '' : `?${query}`}`, init);
        } catch (error) {
            if (error instanceof DOMException && error.name === 'AbortError') {
                throw error;
            }
            throw new AnswerError('The server does not answer.', 0, String(error));
        }
        if (!response.ok) {
            throw await problemOf(response);
        }
        return (await response.json()) as T;
    }
}
