// What the reader has chosen: the page, the period, the comparison, the filters. It lives in the address, after the #,
// so that back, forward, reload and a shared link work with a server and from disk alike.
import requests from '../../requests.json';

export const PAGES = ['overview', 'sales', 'customers', 'products', 'trends', 'recommendations'] as const;
export type PageId = (typeof PAGES)[number];

export const PERIODS: readonly [string, string][] = [
    ['7d', '7 d'],
    ['30d', '30 d'],
    ['90d', '3 mo'],
    ['1y', '1 y'],
];

export const COMPARES: readonly [string, string][] = [
    ['previous', 'Previous period'],
    ['weekdays', 'Same weekdays'],
    ['year', 'Last year'],
    ['none', 'No comparison'],
];

export interface Controls {
    page: PageId;
    period: string;
    compare: string;
    category: string;
    price: string;
    customers: string;
    brand: string;
    segment: string;
    /** What is open in the panel: "item:P1", "user:C1", or "". */
    open: string;
}

export type FilterName = 'category' | 'price' | 'customers' | 'brand' | 'segment';
export const FILTERS: readonly FilterName[] = ['category', 'price', 'customers', 'brand', 'segment'];

const DEFAULTS: Controls = {
    page: 'overview',
    ...requests.defaults, // a server has the answers to them ready
    category: '',
    price: '',
    customers: '',
    brand: '',
    segment: '',
    open: '',
};

const RANGE = /^\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2}$/;
const PRICE = /^\d*(\.\d+)?:\d*(\.\d+)?$/;

export function parseControls(hash: string): Controls {
    const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
    const params = new URLSearchParams(query);
    const controls: Controls = { ...DEFAULTS };
    if ((PAGES as readonly string[]).includes(path)) {
        controls.page = path as PageId;
    }
    const period = params.get('period') ?? '';
    if (PERIODS.some(([id]) => id === period) || RANGE.test(period)) {
        controls.period = period;
    }
    const compare = params.get('compare') ?? '';
    if (COMPARES.some(([id]) => id === compare)) {
        controls.compare = compare;
    }
    for (const name of FILTERS) {
        controls[name] = params.get(name) ?? '';
    }
    if (!PRICE.test(controls.price)) {
        controls.price = '';
    }
    if (!['new', 'returning', 'premium'].includes(controls.customers)) {
        controls.customers = '';
    }
    controls.open = params.get('open') ?? '';
    return controls;
}

export function formatControls(controls: Controls): string {
    const params = new URLSearchParams();
    for (const name of ['period', 'compare', ...FILTERS, 'open'] as const) {
        if (controls[name] !== DEFAULTS[name]) {
            params.set(name, controls[name]);
        }
    }
    const query = params.toString();
    return `#/${controls.page}${query === '' ? '' : `?${query}`}`;
}

type Listener = (now: Controls, before: Controls) => void;

/** Holds the controls and follows the address. */
export class ControlsStore {
    private now: Controls;
    private readonly listeners: Listener[] = [];

    constructor() {
        this.now = parseControls(location.hash);
        addEventListener('hashchange', () => this.take(parseControls(location.hash)));
    }

    get value(): Controls {
        return this.now;
    }

    /** Changes some of the controls; a new entry of the history, unless it is only typing. */
    set(change: Partial<Controls>): void {
        const next = { ...this.now, ...change };
        const hash = formatControls(next);
        if (hash !== location.hash) {
            history.pushState(null, '', hash);
        }
        this.take(next);
    }

    clearFilters(): void {
        this.set({ category: '', price: '', customers: '', brand: '', segment: '' });
    }

    onChange(listener: Listener): void {
        this.listeners.push(listener);
    }

    private take(next: Controls): void {
        const before = this.now;
        this.now = next;
        if (formatControls(before) !== formatControls(next)) {
            for (const listener of this.listeners) {
                listener(next, before);
            }
        }
    }
}
