// What a card, or the page, says where there is nothing to draw: too little data, or a filter that the shop does not know.
import { AnswerError } from '../data/source';
import type { Context } from './card';

/** A way out, as a button. */
export interface WayOut {
    words: string;
    go(): void;
}

/** Said in place of a chart where there is nothing to draw, with what to do about it. */
export class Missing extends Error {
    constructor(
        message: string,
        readonly advice: string,
        readonly iconName: string = 'seedling',
        readonly way: WayOut | null = null,
    ) {
        super(message);
    }
}

const TOO_LITTLE = 422; /* the status of an answer that needs more data; its words say which */
const NOT_FOUND = 404;

const sentenceOf = (words: string): string =>
    `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`;

/** What `reason` comes down to for the reader; null: it is a failure. */
export function missingOf(reason: unknown, context: Context): Missing | null {
    if (reason instanceof Missing) {
        return reason;
    }
    if (!(reason instanceof AnswerError)) {
        return null;
    }
    if (reason.status === TOO_LITTLE) {
        return new Missing('There is too little to tell yet', sentenceOf(reason.message));
    }
    for (const [name, all] of [
        ['category', 'Show all categories'],
        ['brand', 'Show all brands'],
    ] as const) {
        if (reason.status === NOT_FOUND && context.controls[name] !== '' && reason.message.includes(`no ${name} "`)) {
            return new Missing(
                `The shop has no ${name} “${context.controls[name]}”`,
                'It may come from an old link, or have another name now.',
                'filter-circle-xmark',
                { words: all, go: () => context.set({ [name]: '' }) },
            );
        }
    }
    return null;
}
