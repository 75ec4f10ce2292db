// What should I do? All actions, best first; each can be done, put off or refused in its row.
import { figure, num, table, text, type Row } from '../../data/document';
import { itemPath, type Item } from '../../data/answers';
import { interval } from '../../charts/rows';
import type { CardSpec, Context } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { clear, h } from '../../ui/dom';
import { icon } from '../../ui/icons';
import { say } from '../../ui/tooltip';
import { moneyChange, range, roundMoney } from '../../words/numbers';
import { ACTION_ICONS, effectScale } from '../overview/actions';
import { plainTable } from '../shared';
import { keyOfAction, LATER_DAYS, readAside, waits, writeAside, type Aside, type State } from './aside';
import { Doing } from './doing-panel';
import { deedsOf } from './doing';
import { evidenceOf, KIND_NAMES } from './evidence';

const FIRST = 6;
const MORE = 12;

function evidenceMark(row: Row): HTMLElement {
    const { bars, word } = evidenceOf(row);
    return h(
        'span',
        { class: 'evidence' },
        h(
            'span',
            { class: 'evidence-bars', 'aria-hidden': 'true' },
            ...[1, 2, 3].map((b) => h('i', { class: b <= bars ? 'on' : '' })),
        ),
        word,
    );
}

class ActionList {
    readonly node = h('div', { class: 'advice' });
    private readonly aside = readAside(localStorage);
    private shown = FIRST;
    private asideShown = false;

    constructor(
        private readonly rows: readonly Row[],
        private readonly context: Context,
    ) {
        this.draw();
    }

    private put(row: Row, state: State | null): void {
        if (state === null) {
            this.aside.delete(keyOfAction(row));
        } else {
            this.aside.set(keyOfAction(row), {
                state,
                at: new Date().toISOString(),
                expected: num(row, 'action_effect'),
            });
        }
        writeAside(localStorage, this.aside);
    }

    private draw(): void {
        const now = new Date();
        const waiting = this.rows.filter((row) => waits(this.aside.get(keyOfAction(row)), now));
        const put = this.rows.filter((row) => !waiting.includes(row));
        const first = waiting.slice(0, this.shown);
        const [from, until] = effectScale(first);
        clear(
            this.node,
            h(
                'div',
                { class: 'advice-head', 'aria-hidden': 'true' },
                h('span', null, 'Action'),
                h('span', null, 'Kind'),
                h('span', { class: 'number' }, 'Money a month'),
                h('span', null, `Interval, ${range(roundMoney(from), roundMoney(until))}`),
                h('span', null, 'Evidence'),
                h('span', null, ''),
            ),
            ...first.map((row, i) => this.row(row, from, until, i === 0)),
            waiting.length > this.shown &&
                h(
                    'button',
                    {
                        type: 'button',
                        class: 'link',
                        onClick: () => {
                            this.shown += MORE;
                            this.draw();
                        },
                    },
                    `${first.length} of ${waiting.length}, show more`,
                ),
            put.length > 0 && this.foot(put),
        );
    }

    private foot(put: readonly Row[]): HTMLElement {
        const done = put.filter((row) => this.aside.get(keyOfAction(row))?.state === 'done');
        const expected = done.reduce((total, row) => total + (this.aside.get(keyOfAction(row))?.expected ?? 0), 0);
        const said =
            done.length === 0
                ? ''
                : `Done here: ${done.length}, expected ${moneyChange(expected)} a month; what they brought has not been measured. `;
        return h(
            'div',
            { class: 'advice-aside' },
            h('p', { class: 'note' }, `${said}${put.length} put aside, remembered in this browser.`),
            h(
                'button',
                {
                    type: 'button',
                    class: 'link',
                    'aria-expanded': String(this.asideShown),
                    onClick: () => {
                        this.asideShown = !this.asideShown;
                        this.draw();
                    },
                },
                this.asideShown ? 'Hide them' : 'Show them',
            ),
            ...(this.asideShown ? put.map((row) => this.asideRow(row, this.aside.get(keyOfAction(row)))) : []),
        );
    }

    private asideRow(row: Row, aside: Aside | undefined): HTMLElement {
        const names: Record<State, string> = { done: 'done', later: 'later', never: 'not for us' };
        return h(
            'div',
            { class: 'advice-put' },
            h('span', { dir: 'auto' }, text(row, 'what')),
            h('span', { class: 'tag' }, aside === undefined ? '' : names[aside.state]),
            h(
                'button',
                {
                    type: 'button',
                    class: 'button',
                    onClick: () => {
                        this.put(row, null);
                        this.draw();
                    },
                },
                'Bring back',
            ),
        );
    }

    private row(row: Row, from: number, until: number, loud: boolean): HTMLElement {
        const effect = num(row, 'action_effect');
        const what = text(row, 'what');
        const doing = h('div', { class: 'doing-place' });
        let panel: Doing | null = null;
        const open = async (): Promise<void> => {
            if (panel === null) {
                const deeds = deedsOf(row, this.context, await this.categoryOf(row));
                panel = new Doing(this.context, deeds, (state) => this.put(row, state));
                doing.append(panel.node);
            }
            panel.toggle();
        };
        const aside = (state: State): void => {
            this.put(row, state);
            say(state === 'later' ? `Put off for ${LATER_DAYS} days.` : 'Not shown again in this browser.');
            this.draw();
        };
        const item = text(row, 'item');
        return h(
            'div',
            { class: 'advice-row' },
            h('span', { class: 'tile' }, icon(ACTION_ICONS[text(row, 'kind')] ?? 'lightbulb')),
            h(
                'div',
                { class: 'advice-words' },
                item === ''
                    ? h('div', { class: 'action-name' }, what)
                    : h(
                          'button',
                          {
                              type: 'button',
                              class: 'action-name',
                              dir: 'auto',
                              onClick: () => this.context.set({ open: `item:${item}` }),
                          },
                          what,
                      ),
                h('span', { class: 'sub', dir: 'auto' }, text(row, 'reason')),
            ),
            h('span', { class: 'tag' }, KIND_NAMES[text(row, 'kind')] ?? text(row, 'kind')),
            h('strong', { class: 'number good-text' }, effect === null ? '–' : moneyChange(effect)),
            h(
                'span',
                { class: 'advice-interval' },
                effect === null
                    ? null
                    : interval(effect, num(row, 'action_effect_low'), num(row, 'action_effect_high'), from, until, {
                          kind: 'positive',
                          threshold: 0,
                      }),
                effect === null
                    ? null
                    : h(
                          'span',
                          { class: 'visually-hidden' },
                          `between ${roundMoney(num(row, 'action_effect_low') ?? 0)} and ${roundMoney(num(row, 'action_effect_high') ?? 0)}`,
                      ),
            ),
            evidenceMark(row),
            h(
                'span',
                { class: 'advice-buttons' },
                h(
                    'button',
                    {
                        type: 'button',
                        class: loud ? 'button primary' : 'button',
                        'aria-label': `Do it: ${what}`,
                        onClick: () => void open(),
                    },
                    'Do it',
                ),
                h(
                    'button',
                    {
                        type: 'button',
                        class: 'tool',
                        title: `Later: in ${LATER_DAYS} days`,
                        'aria-label': `Later: ${what}`,
                        onClick: () => aside('later'),
                    },
                    icon('clock'),
                    h('span', null, 'Later'),
                ),
                h(
                    'button',
                    {
                        type: 'button',
                        class: 'tool',
                        title: 'Not for us',
                        'aria-label': `Not for us: ${what}`,
                        onClick: () => aside('never'),
                    },
                    icon('xmark'),
                    h('span', null, 'Not for us'),
                ),
            ),
            doing,
        );
    }

    /** A bundle acts on the lists of the category of the product that it stands beside. */
    private async categoryOf(row: Row): Promise<string | null> {
        if (text(row, 'kind') !== 'bundle' || !this.context.source.live) {
            return null;
        }
        try {
            return (await this.context.source.get<Item>(itemPath(text(row, 'item')), {})).category ?? null;
        } catch {
            return null;
        }
    }
}

export const adviceCard: CardSpec = {
    id: 'advice',
    span: 12,
    question: 'What should I do?',
    defines: ['action_effect', 'actions_effect', 'order_quantity', 'price_suggested'],
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
        const all = figure(docs.actions, 'actions_effect');
        return {
            finding:
                all?.value == null
                    ? `${rows.length} actions, best first`
                    : `${rows.length} actions, best first: about ${roundMoney(all.value)} a month together`,
            note: `Each effect is an estimate with its interval.${all?.low != null && all.high !== null ? ` Together between ${range(roundMoney(all.low), roundMoney(all.high))}.` : ''} Nothing changes in the shop until you say so.`,
            table: plainTable(docs.actions, 'actions', 'actions'),
            body: () => new ActionList(rows, context).node,
        };
    },
};
