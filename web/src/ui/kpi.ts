// The strip of a page: five or six figures, each with its change, the value it came from and its recent course.
import type { Figure, Row } from '../data/document';
import { num } from '../data/document';
import { changeMark, sparkline } from '../charts/rows';
import { changeText, course, tone } from '../words/findings';
import { byUnit, figureText, range } from '../words/numbers';
import type { Context } from './card';
import { openDefinition } from './definition';
import { h } from './dom';

export interface Kpi {
    label: string;
    figure: Figure | undefined;
    /** Rows of a table with the figure by day, and the column of it; `_before` beside it is the comparison. */
    courses?: readonly Row[];
    column?: string;
    /** Said in place of "from ...": an interval, a count. */
    under?: string;
}

function tile(kpi: Kpi, context: Context): HTMLElement {
    const f = kpi.figure;
    const column = kpi.column ?? f?.id ?? '';
    const values = (kpi.courses ?? []).map((row) => num(row, column));
    const ghost = (kpi.courses ?? []).map((row) => num(row, `${column}_before`));
    const words = f === undefined ? null : changeText(f);
    const under =
        kpi.under ??
        (f !== undefined && f.before !== null
            ? `from ${byUnit(f.before, f.unit)}`
            : f !== undefined && f.low !== null && f.high !== null
              ? range(byUnit(f.low, f.unit), byUnit(f.high, f.unit))
              : '');
    return h(
        'div',
        {
            class: 'kpi',
            dataset: { figure: f?.id ?? '', value: f?.value === null || f === undefined ? '' : String(f.value) },
        },
        h(
            'p',
            { class: 'kpi-label' },
            kpi.label,
            f !== undefined &&
                h(
                    'button',
                    {
                        type: 'button',
                        class: 'define',
                        'aria-label': `What is ${kpi.label}`,
                        onClick: (event: Event) => openDefinition(event.currentTarget as HTMLElement, [f.id], context),
                    },
                    '?',
                ),
        ),
        h('p', { class: 'kpi-value', title: byUnit(f?.value, f?.unit ?? '') }, figureText(f?.value, f?.unit ?? '')),
        changeMark(words, tone(f), course(f)) ?? h('span', { class: 'change none' }),
        h('span', { class: 'kpi-under' }, under),
        values.filter((v) => v !== null).length > 1
            ? (sparkline(values, ghost.some((v) => v !== null) ? ghost : []) as unknown as Node)
            : null,
    );
}

export function kpiStrip(kpis: readonly Kpi[], context: Context): HTMLElement {
    return h(
        'section',
        { class: `card kpis kpis-${kpis.length}`, 'aria-label': 'Figures' },
        ...kpis.map((kpi) => tile(kpi, context)),
    );
}
