// What comes back, and what do buyers say?
import { figure, num, sum, table, text, type Doc, type Row } from '../../data/document';
import { interval, meter } from '../../charts/rows';
import type { CardSpec, Context } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import { icon } from '../../ui/icons';
import { photo } from '../../ui/thing';
import { shortTitle } from '../../words/names';
import { count, range, share } from '../../words/numbers';
import { plainTable, row } from '../shared';

const SHOWN = 5;
const PIECES = 5; /* sold, under which a share of what came back says nothing */
const FEW_RATINGS = 20;
const PHRASES = 5;

const title = (r: Row): string => text(r, 'title') || text(r, 'item');

/** Products with pieces enough to speak of: those beyond chance first, as the answer has them. */
export function comebacks(doc: Doc): { rows: Row[]; more: number } {
    const rows = table(doc, 'returns').rows.filter((r) => text(r, 'mark') !== '' || (num(r, 'units') ?? 0) >= PIECES);
    return { rows, more: rows.filter((r) => text(r, 'mark') !== '').length };
}

export function returnsFinding(more: number): string {
    return more === 0
        ? 'Nothing comes back more often than its kind, beyond chance'
        : more === 1
          ? 'One product returns more often than its kind'
          : `${count(more)} products return more often than their kind`;
}

export const returnsCard: CardSpec = {
    id: 'returns',
    span: 6,
    question: 'What comes back?',
    defines: ['pieces_back'],
    needs: ['products_quarter'],
    render(docs, context) {
        const { rows, more } = comebacks(docs.products_quarter);
        const first = rows.slice(0, SHOWN);
        if (first.length === 0) {
            throw new Missing(
                'Nothing came back often enough to tell',
                `A product shows from ${PIECES} pieces sold in 90 days on, once one of them came back.`,
                'circle-check',
            );
        }
        const until = Math.min(1, Math.max(0.1, ...first.map((r) => num(r, 'pieces_back_high') ?? 0)));
        return {
            finding: returnsFinding(more),
            note: 'Share of pieces sent back in 90 days, 19 times in 20 within the line. Dashed: its category.',
            table: plainTable(docs.products_quarter, 'returns', 'what-comes-back'),
            body: () =>
                h(
                    'div',
                    { class: 'rows' },
                    ...first.map((r) => {
                        const usual = num(r, 'category');
                        const marked = text(r, 'mark') !== '';
                        return row(
                            'minmax(8rem, 17rem) minmax(4rem, 1fr) 3.5rem',
                            'tall',
                            () => context.set({ open: `item:${text(r, 'item')}` }),
                            h(
                                'span',
                                { class: 'name' },
                                photo(context, text(r, 'item')),
                                h(
                                    'span',
                                    { class: 'thing-words' },
                                    h('span', { class: 'thing-title', dir: 'auto' }, title(r)),
                                    h(
                                        'span',
                                        { class: 'sub' },
                                        `${count(num(r, 'back') ?? 0)} of ${count(num(r, 'units') ?? 0)} sent back`,
                                    ),
                                ),
                            ),
                            interval(
                                num(r, 'pieces_back') ?? 0,
                                num(r, 'pieces_back_low'),
                                num(r, 'pieces_back_high'),
                                0,
                                until,
                                { kind: marked ? 'negative' : 'grey', ...(usual === null ? {} : { threshold: usual }) },
                            ),
                            h(
                                'span',
                                { class: `number ${marked ? 'bad-text' : ''}` },
                                share(num(r, 'pieces_back') ?? 0, 0),
                            ),
                        );
                    }),
                ),
        };
    },
};

/** "Four of five give four stars or more": the share in words where it is near a plain one. */
export function starsFinding(rows: readonly Row[]): string {
    const all = sum(rows, 'ratings');
    const good = sum(
        rows.filter((r) => (num(r, 'stars') ?? 0) >= 4),
        'ratings',
    );
    const part = good / (all || 1);
    const plain: readonly [number, string][] = [
        [1 / 2, 'Half of the buyers'],
        [2 / 3, 'Two of three'],
        [3 / 4, 'Three of four'],
        [4 / 5, 'Four of five'],
        [9 / 10, 'Nine of ten'],
    ];
    const near = plain.find(([value]) => Math.abs(value - part) <= 0.015);
    return `${near?.[1] ?? share(part, 0)} give four stars or more`;
}

function phrases(doc: Doc, side: string): HTMLElement | null {
    const rows = table(doc, 'phrases')
        .rows.filter((r) => text(r, 'side') === side)
        .sort((a, b) => (num(b, 'phrase_people') ?? 0) - (num(a, 'phrase_people') ?? 0))
        .slice(0, PHRASES);
    return rows.length === 0
        ? null
        : h(
              'div',
              { class: 'phrases' },
              h('h3', null, side === 'for' ? 'Praised' : 'Criticised'),
              h(
                  'p',
                  { class: 'tags' },
                  ...rows.map((r) =>
                      h(
                          'span',
                          { class: 'tag', dir: 'auto' },
                          text(r, 'phrase'),
                          h('span', { class: 'muted' }, count(num(r, 'phrase_people') ?? 0)),
                      ),
                  ),
              ),
          );
}

function criticised(context: Context, doc: Doc): HTMLElement | null {
    const worst = table(doc, 'products').rows.filter((r) => (num(r, 'reviews_against') ?? 0) >= 2);
    return worst.length === 0
        ? null
        : h(
              'div',
              { class: 'phrases' },
              h('h3', null, 'Most against'),
              ...worst.slice(0, 3).map((r) =>
                  h(
                      'button',
                      {
                          type: 'button',
                          class: 'link plain',
                          dir: 'auto',
                          onClick: () => context.set({ open: `item:${text(r, 'item')}` }),
                      },
                      `${shortTitle(title(r), 34)}: ${count(num(r, 'reviews_against') ?? 0)} of ${count(num(r, 'reviews') ?? 0)}`,
                  ),
              ),
          );
}

export const voicesCard: CardSpec = {
    id: 'voices',
    span: 6,
    question: 'What do buyers say?',
    defines: ['ratings', 'share_positive', 'phrase_people', 'phrase_lean'],
    needs: ['sentiment'],
    render(docs, context) {
        const rows = table(docs.sentiment, 'stars').rows;
        const all = sum(rows, 'ratings');
        if (all < FEW_RATINGS) {
            throw new Missing(
                'Too few ratings to tell',
                `Stars show from ${FEW_RATINGS} ratings in the period on. They come as events “rating”.`,
                'star',
            );
        }
        const compared = context.controls.compare !== 'none' && rows.some((r) => num(r, 'share_before') !== null);
        const most = Math.max(...rows.flatMap((r) => [num(r, 'share') ?? 0, num(r, 'share_before') ?? 0]));
        const positive = figure(docs.sentiment, 'share_positive');
        const sides = [phrases(docs.sentiment, 'for'), phrases(docs.sentiment, 'against')].filter((p) => p !== null);
        return {
            finding: starsFinding(rows),
            note: `${count(all)} ratings in the period.${compared ? ' Dashed mark: comparison.' : ''}`,
            table: plainTable(docs.sentiment, 'stars', 'stars'),
            body: () =>
                h(
                    'div',
                    { class: 'voices' },
                    h(
                        'div',
                        { class: 'rows' },
                        ...rows.map((r) =>
                            row(
                                '2.25rem minmax(4rem, 1fr) 3rem',
                                '',
                                null,
                                h('span', { class: 'rating' }, count(num(r, 'stars') ?? 0), icon('star')),
                                meter(
                                    (num(r, 'share') ?? 0) / most,
                                    compared ? (num(r, 'share_before') ?? 0) / most : null,
                                ),
                                h('span', { class: 'number' }, share(num(r, 'share') ?? 0, 0)),
                            ),
                        ),
                    ),
                    h(
                        'div',
                        { class: 'phrase-sides' },
                        ...(sides.length > 0
                            ? sides
                            : [
                                  criticised(context, docs.sentiment),
                                  h(
                                      'p',
                                      { class: 'note' },
                                      'What the words praise and criticise shows here once the shop’s reviews have been read.',
                                  ),
                              ]),
                    ),
                ),
            ...(positive?.value != null && positive.low !== null && positive.high !== null
                ? {
                      foot: `${share(positive.value, 0)} of those who take a side speak for what they bought (${range(share(positive.low, 0), share(positive.high, 0))}).`,
                  }
                : {}),
        };
    },
};
