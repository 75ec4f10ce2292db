// The form of an answer of insight: what it means in a sentence, its figures, its tables.

export type Value = string | number | null;
export type Row = Record<string, Value>;

export interface Column {
    id: string;
    name: string;
    unit: string;
}

export interface Table {
    id: string;
    title: string;
    columns: Column[];
    rows: Row[];
}

export interface Figure {
    id: string;
    name: string;
    unit: string;
    value: number | null;
    before: number | null;
    change: number | null;
    low: number | null;
    high: number | null;
    good: number;
    note: string | null;
}

export interface Span {
    days: string;
    from: string;
    until: string;
    unfinished: boolean;
}

export interface Doc {
    kind: string;
    lead: string;
    notes: string[];
    period: Span | null;
    compared: Span | null;
    currency: string | null;
    time_zone: string;
    figures: Figure[];
    tables: Table[];
}

export function figure(doc: Doc, id: string): Figure | undefined {
    return doc.figures.find((f) => f.id === id);
}

/** The table `id`; an empty one where the answer has none, so that a card can say what is missing. */
export function table(doc: Doc, id: string): Table {
    return doc.tables.find((t) => t.id === id) ?? { id, title: '', columns: [], rows: [] };
}

export function num(row: Row | undefined, id: string): number | null {
    const value = row?.[id];
    return typeof value === 'number' ? value : null;
}

export function text(row: Row | undefined, id: string): string {
    const value = row?.[id];
    return value === null || value === undefined ? '' : String(value);
}

export function sum(rows: readonly Row[], id: string): number {
    return rows.reduce((total, row) => total + (num(row, id) ?? 0), 0);
}
