// Where answers come from: the server that shows this page, or the page itself where it is a report in one file.
import requests from '../../requests.json';

import type { Controls } from '../app/controls';
import type { Doc } from './document';

export type RequestName = keyof typeof requests.requests;

export interface Metric {
    id: string;
    name: string;
    unit: string;
    formula: string;
    note: string;
}

/** What the page has to know of the shop before it asks for figures. */
export interface Meta {
    shop: string;
    currency: string | null;
    time_zone: string;
    locale: string | null;
    now: string;
    newest_event: string | null;
    first_day: string | null;
    last_day: string | null;
    categories: string[];
    products: number;
    customers: number;
    model: string | null;
    version: string;
    scopes: string[];
    names: boolean;
    live: boolean;
    /** Requests for lists since the server began; null in a report, or before the first one. */
    lists?: { answered: number; seconds: number } | null;
    made: string;
    metrics?: Metric[];
    /** Customers whose lists a report carries. */
    sample?: string[];
}

export interface Source {
    readonly live: boolean;
    meta(signal?: AbortSignal): Promise<Meta>;
    /** An answer of GET /v1/`path`; the same call with the same parameters is one request. */
    get<T = Doc>(path: string, params: Record<string, string>, signal?: AbortSignal): Promise<T>;
    /** Where the photo of an item is, at most `size` pixels wide; null where there is none to show. */
    photo(item: string, size: 64 | 160): string | null;
    /** A call that changes something; null where nothing can be changed (a report). */
    send: ((method: string, path: string, body: unknown) => Promise<unknown>) | null;
}

/** An error with a sentence for the reader, as the server tells it (RFC 9457). */
export class AnswerError extends Error {
    constructor(
        message: string,
        readonly status: number,
        readonly details: string,
    ) {
        super(message);
    }
}

interface Request {
    path: string;
    params: Record<string, string>;
    by: string[];
}

/** Which answer the request `name` is under these controls. */
export function request(name: RequestName, controls: Controls): { path: string; params: Record<string, string> } {
    const { path, params, by } = requests.requests[name] as unknown as Request;
    const all: Record<string, string> = { ...params };
    if (by.includes('period')) {
        all.period = controls.period;
    }
    if (by.includes('compare')) {
        all.compare = controls.compare;
    }
    if (by.includes('filters')) {
        for (const filter of ['category', 'price', 'customers', 'brand', 'segment'] as const) {
            const value = controls[filter];
            if (value !== '') {
                all[filter] = value;
            }
        }
    }
    return { path, params: all };
}

/** The parameters that the request `name` always has. */
export function fixedOf(name: RequestName): Record<string, string> {
    return requests.requests[name].params as Record<string, string>;
}

/** The name of an answer in a report, and of a request that is under way: parameters by name, values as they are. */
export function keyOf(path: string, params: Record<string, string>): string {
    const names = Object.keys(params).sort();
    return names.length === 0 ? path : `${path}?${names.map((n) => `${n}=${params[n]}`).join('&')}`;
}

export const PRICE_BANDS: readonly string[] = requests.prices;
