// Answers as tests make them: figures and tables by hand.
import type { Doc, Figure, Row } from '../src/data/document';

export function figureOf(id: string, value: number | null, more: Partial<Figure> = {}): Figure {
    return {
        id,
        name: id,
        unit: 'count',
        value,
        before: null,
        change: null,
        low: null,
        high: null,
        good: 1,
        note: null,
        ...more,
    };
}

export function docOf(figures: Figure[], tables: Record<string, Row[]>): Doc {
    return {
        kind: 'made',
        lead: '',
        notes: [],
        period: null,
        compared: null,
        currency: 'USD',
        time_zone: 'UTC',
        figures,
        tables: Object.entries(tables).map(([id, rows]) => ({
            id,
            title: id,
            columns: Object.keys(rows[0] ?? {}).map((name) => ({ id: name, name, unit: 'text' })),
            rows,
        })),
    };
}
