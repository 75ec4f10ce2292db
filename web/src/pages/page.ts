// What a page is: its name, its strip, its cards, and the sentence it opens with.
import type { PageId } from '../app/controls';
import type { Docs, CardSpec, Context } from '../ui/card';
import type { Needy } from '../ui/gather';
import type { Kpi } from '../ui/kpi';
import type { RequestName } from '../data/source';

export interface Lead {
    eyebrow: string;
    /** Two sentences; the phrase between * stands in the accent. */
    sentence: string;
    /** Below it, with facts between *. */
    text: string;
}

/** It needs what its lead and its strip are made of, and wants what they say more with. */
export interface Page extends Needy {
    id: PageId;
    title: string;
    /** For the phone's bottom bar. */
    short: string;
    icon: string;
    lead(docs: Docs, context: Context): Lead;
    /** The page has no strip. */
    noStrip?: true;
    kpis(docs: Docs, context: Context): Kpi[];
    cards: readonly CardSpec[];
}

/** All answers that a page and its cards need or want, those of its head first. */
export function answersOf(page: Page): Set<RequestName> {
    return new Set([page, ...page.cards].flatMap((part) => [...part.needs, ...(part.wants ?? [])]));
}
