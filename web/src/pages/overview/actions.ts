// What is worth doing today? The first four actions, with the money they may bring.
import { figure, num, table, text, type Row } from '../../data/document';
import { interval } from '../../charts/rows';
import type { CardSpec } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import { icon } from '../../ui/icons';
import { moneyChange, range, roundMoney } from '../../words/numbers';
import { plainTable } from '../shared';

export const ACTION_ICONS: Record<string, string> = {
    'win back': 'envelope-open-text',
    promote: 'eye',
    reorder: 'truck-fast',
    bundle: 'layer-group',
    reprice: 'tag',
    clear: 'box-archive',
    'fix data': 'broom',
};

export function actionRow(row: Row, from: number, until: number): HTMLElement {
    const effect = num(row, 'action_effect');
    return h(
        'div',
        { class: 'action' },
        h('span', { class: 'tile' }, icon(ACTION_ICONS[text(row, 'kind')] ?? 'lightbulb')),
        h(
            'div',
            null,
            h('div', { class: 'action-name', title: text(row, 'what') }, text(row, 'what')),
            h('span', { class: 'sub' }, text(row, 'reason')),
            effect === null
                ? null
                : h(
                      'div',
                      { class: 'money' },
                      h('span', null, h('strong', { class: 'good-text' }, moneyChange(effect)), ' a month'),
                      interval(effect, num(row, 'action_effect_low'), num(row, 'action_effect_high'), from, until, {
                          kind: 'positive',
                          threshold: 0,
                      }),
                  ),
        ),
    );
}

export function effectScale(rows: readonly Row[]): [number, number] {
    const lows = rows.map((row) => num(row, 'action_effect_low') ?? 0);
    const highs = rows.map((row) => num(row, 'action_effect_high') ?? 0);
    return [Math.min(0, ...lows), Math.max(1, ...highs)];
}

export const actionsCard: CardSpec = {
    id: 'actions',
    span: 4,
    question: 'What is worth doing today?',
    defines: ['action_effect', 'actions_effect'],
    needs: ['actions'],
    render(docs, context) {
        const rows = table(docs.actions, 'actions').rows;
        if (rows.length === 0) {
            throw new Missing(
                'Nothing stands out today',
                'Actions come from orders, stock, prices and visits of the last 90 days.',
                'circle-check',
            );
        }
        const first = rows.slice(0, 4);
        const all = figure(docs.actions, 'actions_effect');
        const [from, until] = effectScale(first);
        return {
            finding:
                all?.value == null
                    ? rows.length === 1
                        ? 'One thing to do'
                        : `${rows.length} things to do`
                    : `${rows.length} actions, about ${roundMoney(all.value)} a month together`,
            note:
                all?.low != null && all.high !== null
                    ? `Between ${range(roundMoney(all.low), roundMoney(all.high))}, as far as the figures tell`
                    : 'Best first',
            table: plainTable(docs.actions, 'actions', 'actions'),
            body: () => h('div', { class: 'actions' }, ...first.map((row) => actionRow(row, from, until))),
            link: {
                words: rows.length === 1 ? 'Open it' : `All ${rows.length} actions`,
                go: () => context.set({ page: 'recommendations' }),
            },
        };
    },
};
