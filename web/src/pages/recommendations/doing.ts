// What Vitrine can do about an action: each kind is a short list of deeds, of which the first is behind "Do it". A deed that
// changes the shop says before what it will do and gives back how it is undone; a file or a mail draft changes nothing.
import { num, table, text, type Doc, type Row } from '../../data/document';
import { itemPath, type Item, type Items, type Preview, type Result, type Rule } from '../../data/answers';
import { request, type RequestName } from '../../data/source';
import type { Context } from '../../ui/card';
import { csvOf, download, type TableColumn } from '../../ui/table';
import { money } from '../../words/numbers';
import { RULE_DAYS, ruleOf } from './rules';

export interface Done {
    words: string;
    undo?(): Promise<void>;
}

export interface Deed {
    name: string;
    /** What will happen, said before it does; null: nothing in the shop changes, so it is done at once. */
    says: string | null;
    /** Can be looked at before. */
    preview?: Rule;
    act(context: Context): Promise<Done>;
}

const ALL_ROWS = '100000';
const PAGE = 1000; /* items asked for at once */
const PAGES_MOST = 50;

function sendOf(context: Context): (method: string, path: string, body: unknown) => Promise<unknown> {
    if (context.source.send === null) {
        throw new Error('A report changes nothing: this needs the server.');
    }
    return context.source.send;
}

/** All rows of a table of insight where a server answers; what a report carries of it else. */
async function rowsOf(context: Context, name: RequestName, id: string, period = ''): Promise<Doc> {
    // Actions are of the whole shop, whatever filters are set.
    const whole = { category: '', price: '', customers: '', brand: '', segment: '' };
    const controls = { ...context.controls, ...whole, ...(period === '' ? {} : { period }) };
    const { path, params } = request(name, controls);
    const doc = await context.source.get<Doc>(path, context.source.live ? { ...params, n: ALL_ROWS } : params);
    if (table(doc, id).rows.length === 0) {
        throw new Error('There are no rows to save.');
    }
    return doc;
}

function saveTable(name: string, doc: Doc, id: string): Done {
    const found = table(doc, id);
    download(
        `${name}.csv`,
        'text/csv;charset=utf-8',
        `﻿${csvOf({
            name,
            caption: found.title,
            columns: found.columns.map((c): TableColumn<Row> => ({ ...c, value: (row) => row[c.id] ?? null })),
            rows: found.rows,
        })}`,
    );
    return { words: `Saved ${found.rows.length} rows as ${name}.csv.` };
}

/** Opens a draft in the mail program; nothing is sent. */
function mail(subject: string, body: string): Done {
    const link = document.createElement('a');
    link.href = `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`;
    link.click();
    return { words: 'A draft is open in your mail program. Nothing was sent.' };
}

async function addRule(context: Context, rule: Rule): Promise<Done> {
    const send = sendOf(context);
    const made = (await send('POST', 'rules', rule)) as Result;
    return {
        words: `A rule shows it twice as strongly for ${RULE_DAYS} days.`,
        async undo() {
            await send('DELETE', `rules/${encodeURIComponent(made.id ?? '')}`, undefined);
        },
    };
}

/** Changes one member of an item; undone by writing what was there. */
async function change(
    context: Context,
    id: string,
    member: 'price' | 'stock',
    to: (item: Item) => number,
    says: (before: number | null, after: number) => string,
): Promise<Done> {
    const send = sendOf(context);
    const item = await context.source.get<Item>(itemPath(id), {});
    const before = item[member] ?? null;
    const after = to(item);
    await send('PATCH', itemPath(id), { [member]: after });
    return {
        words: says(before, after),
        async undo() {
            await send('PATCH', itemPath(id), { [member]: before });
        },
    };
}

/** Products that lack something, page by page, as a table that can be filled in and imported again. */
async function saveGaps(context: Context): Promise<Done> {
    const rows: Item[] = [];
    let after: string | null = null;
    for (let page = 0; page < PAGES_MOST; page += 1) {
        const params: Record<string, string> = { n: String(PAGE) };
        if (after !== null) {
            params.after = after;
        }
        const found: Items = await context.source.get<Items>('items', params);
        rows.push(...found.items.filter((i) => i.cost == null || i.price == null || !i.category));
        after = found.next;
        if (after === null) {
            break;
        }
    }
    const columns: TableColumn<Item>[] = (['id', 'title', 'category', 'price', 'cost'] as const).map((id) => ({
        id,
        name: id,
        unit: 'text',
        value: (item) => item[id] ?? null,
    }));
    download(
        'products-to-complete.csv',
        'text/csv;charset=utf-8',
        csvOf({ name: 'products-to-complete', caption: 'Products to complete', columns, rows }),
    );
    return { words: `Saved ${rows.length} products. Fill the gaps and import the file again.` };
}

const forServer = (context: Context, scope: string): boolean =>
    context.source.send !== null && context.meta.scopes.includes(scope);

type Maker = (row: Row, context: Context, category: string | null) => Deed[];

const KINDS: Record<string, Maker> = {
    'win back': () => [
        {
            name: 'Save the list',
            says: null,
            act: async (c) => saveTable('customers-to-write-to', await rowsOf(c, 'actions', 'write_to'), 'write_to'),
        },
        {
            name: 'Draft a mail',
            says: null,
            act: async () =>
                mail(
                    'We have missed you',
                    'Hello,\n\nit has been a while since your last order. \n\n(Vitrine knows customers by number, not by address: send this to the list that you saved.)',
                ),
        },
    ],
    reorder: (row, context) => [
        {
            name: 'Draft the order',
            says: null,
            act: async () =>
                mail(
                    `Order of ${text(row, 'item')}`,
                    `Please send us ${num(row, 'order_quantity') ?? ''} pieces of\n${text(row, 'item')}: ${text(row, 'what').replace(/^Order \d+ of /, '')}\n`,
                ),
        },
        ...(forServer(context, 'write')
            ? [
                  {
                      name: 'They have come',
                      says: `The stock of this product goes up by ${num(row, 'order_quantity') ?? 0} pieces.`,
                      act: (c: Context) =>
                          change(
                              c,
                              text(row, 'item'),
                              'stock',
                              (i) => (i.stock ?? 0) + (num(row, 'order_quantity') ?? 0),
                              (b, a) => `In stock: ${a}, before ${b ?? 'not known'}.`,
                          ),
                  },
              ]
            : []),
        {
            name: 'Save all orders',
            says: null,
            act: async (c) => saveTable('products-to-order', await rowsOf(c, 'stock', 'stock'), 'stock'),
        },
    ],
    reprice: (row, context) =>
        forServer(context, 'write')
            ? [
                  {
                      name: 'Change the price',
                      says: `The price in Vitrine becomes ${money(num(row, 'price_suggested') ?? 0, true)}. Change it in the shop too.`,
                      act: (c) =>
                          change(
                              c,
                              text(row, 'item'),
                              'price',
                              () => num(row, 'price_suggested') ?? 0,
                              (b, a) =>
                                  `The price is ${money(a, true)}, before ${b === null ? 'not known' : money(b, true)}.`,
                          ),
                  },
              ]
            : [],
    promote: (row, context) =>
        ruleDeeds(row, context, null, `It stands twice as strongly in all lists for ${RULE_DAYS} days.`),
    bundle: (row, context, category) =>
        ruleDeeds(
            row,
            context,
            category,
            category === null
                ? `It stands twice as strongly in all lists for ${RULE_DAYS} days.`
                : `It stands twice as strongly in lists of ${category} for ${RULE_DAYS} days.`,
        ),
    clear: () => [
        {
            name: 'Save the list',
            says: null,
            act: async (c) => saveTable('products-that-lie', await rowsOf(c, 'products', 'unsold', '90d'), 'unsold'),
        },
    ],
    'fix data': (_, context) =>
        context.source.live ? [{ name: 'Save the list', says: null, act: (c) => saveGaps(c) }] : [],
};

function ruleDeeds(row: Row, context: Context, page: string | null, says: string): Deed[] {
    if (!forServer(context, 'write')) {
        return [];
    }
    const rule = ruleOf(row, new Date(), page);
    return [{ name: 'Show it more', says, preview: rule, act: (c) => addRule(c, rule) }];
}

/** What can be done about an action here and now. `category`: of the product that it stands beside. */
export function deedsOf(row: Row, context: Context, category: string | null = null): Deed[] {
    return KINDS[text(row, 'kind')]?.(row, context, category) ?? [];
}

/** Why nothing can be done from here. */
export function whyNot(context: Context): string {
    return context.source.send === null
        ? 'A report changes nothing: this needs the server.'
        : 'This changes the shop: it needs a key with the scope “write”.';
}

/** What a rule does to a list of somebody of whom nothing is known. */
export async function previewWords(context: Context, rule: Rule): Promise<string> {
    const send = sendOf(context);
    const seen = (await send('POST', 'rules/preview?n=12', rule)) as Preview;
    const moved = seen.moves.find((m) => m.item === rule.name);
    if (seen.idle) {
        return `The rule would not act: ${seen.idle}.`;
    }
    if (moved === undefined) {
        return seen.moves.length === 0
            ? 'In the first twelve places that a new visitor sees nothing changes.'
            : `${seen.moves.length} of the first places that a new visitor sees change.`;
    }
    const place = (at: number | null | undefined): string =>
        at == null ? 'not among the first twelve' : `place ${at}`;
    return `For a new visitor: ${place(moved.before)} before, ${place(moved.after)} with the rule.`;
}
