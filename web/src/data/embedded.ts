// Answers that a report in one file carries with it: gzip of JSON in base64, equal parts told once.
import type { Doc, Figure, Table, Value } from './document';
import { AnswerError, keyOf, type Meta, type Source } from './source';

interface Carried {
    meta: Meta;
    answers: Record<string, unknown>;
    parts: unknown[];
    things: Things;
}

/** What is said of an item wherever it is named: its title, category and brand. */
type Things = Record<string, Record<string, string>>;

async function unpack(words: string): Promise<Carried> {
    const bytes = Uint8Array.from(atob(words.trim()), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return (await new Response(stream).json()) as Carried;
}

/** A table in a report: its columns as numbers of parts, each a list of values. */
type Columnar = Omit<Table, 'rows'> & { cells: number[] };

/** A column: its values, or what follows from those of the items. */
type Column = Value[] | { of: number; as: string };

function valuesOf(number: number, parts: readonly unknown[], things: Things): Value[] {
    const column = parts[number] as Column;
    if (Array.isArray(column)) {
        return column;
    }
    return (parts[column.of] as Value[]).map((item) => things[column.as]?.[String(item)] ?? null);
}

function tableOf(part: unknown, parts: readonly unknown[], things: Things): Table {
    const { cells, ...table } = part as Columnar;
    const columns = cells.map((number) => valuesOf(number, parts, things));
    const rows = (columns[0] ?? []).map((_, at) =>
        Object.fromEntries(table.columns.map((column, k) => [column.id, columns[k]?.[at] ?? null])),
    );
    return { ...table, rows };
}

/** Puts the parts that an answer names by number back in their places. */
export function whole(answer: unknown, parts: readonly unknown[], things: Things = {}): unknown {
    const doc = answer as { figures?: number | Figure[]; tables?: (number | Table)[] };
    if (typeof doc !== 'object' || doc === null || !Array.isArray(doc.tables)) {
        return answer;
    }
    return {
        ...doc,
        figures: typeof doc.figures === 'number' ? parts[doc.figures] : doc.figures,
        tables: doc.tables.map((t) => (typeof t === 'number' ? tableOf(parts[t], parts, things) : t)),
    };
}

/** Customers whose lists are carried, in the order of the answers. */
export function customersOf(keys: readonly string[]): string[] {
    return keys.flatMap((key) => {
        const id = /^users\/([^/?]+)\/recommendations(\?|$)/.exec(key)?.[1];
        return id === undefined ? [] : [decodeURIComponent(id)];
    });
}

export class EmbeddedSource implements Source {
    readonly live = false;
    readonly send = null;
    private readonly carried: Promise<Carried>;
    private readonly photos: Record<string, string>;

    constructor(answers: string, photos: string) {
        this.carried = unpack(answers);
        this.photos = photos === '' ? {} : (JSON.parse(photos) as Record<string, string>);
    }

    async meta(): Promise<Meta> {
        const { meta, answers } = await this.carried;
        return { ...meta, sample: customersOf(Object.keys(answers)) };
    }

    async get<T = Doc>(path: string, params: Record<string, string>): Promise<T> {
        const { answers, parts, things } = await this.carried;
        const answer = answers[keyOf(path, params)];
        if (answer === undefined) {
            throw new AnswerError(
                'This report holds the preset periods with one filter at a time. Any other choice needs the server.',
                404,
                keyOf(path, params),
            );
        }
        return whole(answer, parts, things) as T;
    }

    photo(item: string): string | null {
        return this.photos[item] ?? null;
    }
}
