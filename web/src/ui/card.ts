// A card: the question small, the finding as its heading, the evidence below. It shows its own loading, its own failure
// and its own emptiness; any other card goes on.
import type { Controls } from '../app/controls';
import type { Doc } from '../data/document';
import { AnswerError, type RequestName, type Source, type Meta } from '../data/source';
import { clear, freshId, h } from './dom';
import { icon } from './icons';
import { downloadCsv, tableView, type TableData } from './table';
import { openDefinition } from './definition';
import { gather, type Needy } from './gather';
import { missingOf, type WayOut } from './missing';
import { isInSight, turn, unwatch, watch } from './turns';

/** A drawing that wants to be told when it goes. */
export interface Drawn {
    node: HTMLElement;
    destroy?(): void;
    /** The picture as PNG, where there is one. */
    png?(): Promise<Blob | null>;
}

export interface CardContent {
    finding: string;
    note?: string;
    /** Draws the evidence; called again after the table was shown, and when the palette changes. */
    body(): Drawn | HTMLElement;
    /** The same as a table: behind the chart, for the eye and for CSV. */
    table?: TableData<any>;
    tools?: HTMLElement;
    foot?: string | HTMLElement;
    link?: { words: string; go(): void };
    /** Several ways to look at the same, with a switch between them: what each says takes the place of the above. */
    views?: readonly CardView[];
    /** The one of them that is shown first. */
    firstView?: number;
}

export interface CardView extends Partial<Omit<CardContent, 'views' | 'link' | 'tools'>> {
    name: string;
}

export interface Context {
    source: Source;
    meta: Meta;
    controls: Controls;
    /** Changes controls: a filter, a page, what is open. */
    set(change: Partial<Controls>): void;
}

export type Docs = Record<RequestName, Doc>;

export interface CardSpec extends Needy {
    id: string;
    span: number;
    question: string;
    /** The figures that the `?` defines, by the ids of docs/metrics.md. */
    defines: readonly string[];
    render(docs: Docs, context: Context): CardContent | Promise<CardContent>;
}

const SKELETON_AFTER = 200; /* ms */
/** The button of a way out. */
export function wayOut(way: WayOut): HTMLElement {
    return h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'button', onClick: way.go }, way.words));
}

export class Card {
    readonly node: HTMLElement;
    private readonly body = h('div', { class: 'card-body' });
    private readonly finding = h('h2', { class: 'finding' });
    private readonly note = h('p', { class: 'note' });
    private readonly foot = h('div', { class: 'card-foot' });
    private readonly tools = h('div', { class: 'card-tools' });
    private drawn: Drawn | null = null;
    private all: CardContent | null = null;
    private content: CardContent | null = null; /* `all` as the view that is on shows it */
    private asTable = false;
    private view: number | null = null;
    private round = 0;
    private skeletonTimer = 0;

    constructor(
        private readonly spec: CardSpec,
        private readonly context: () => Context,
    ) {
        const heading = freshId('finding');
        this.finding.id = heading;
        this.node = h(
            'section',
            { class: `card new span-${spec.span}`, 'aria-labelledby': heading, id: `card-${spec.id}` },
            h(
                'div',
                { class: 'card-top' },
                h(
                    'p',
                    { class: 'question' },
                    spec.question,
                    h(
                        'button',
                        {
                            type: 'button',
                            class: 'define',
                            'aria-label': `What is behind “${spec.question}”`,
                            onClick: (event: Event) =>
                                openDefinition(event.currentTarget as HTMLElement, spec.defines, this.context()),
                        },
                        '?',
                    ),
                ),
                this.tools,
            ),
            this.finding,
            this.note,
            this.body,
            this.foot,
        );
        watch(this.node);
    }

    /** Loads and draws anew. Old content stays, dimmed, until the new is there. */
    async load(signal: AbortSignal): Promise<void> {
        const round = ++this.round;
        this.node.setAttribute('aria-busy', 'true');
        window.clearTimeout(this.skeletonTimer);
        this.skeletonTimer = window.setTimeout(() => {
            if (round === this.round && this.node.getAttribute('aria-busy') === 'true') {
                this.dim();
            }
        }, SKELETON_AFTER);
        const context = this.context();
        try {
            await gather(this.spec, context, signal, async (docs, late) => {
                await turn(() => isInSight(this.node));
                const content = round === this.round ? await this.spec.render(docs, context) : null;
                if (content !== null && round === this.round) {
                    this.show(content);
                    this.arrived(late);
                }
            });
        } catch (error) {
            if (round !== this.round || (error instanceof DOMException && error.name === 'AbortError')) {
                return;
            }
            this.fail(error, signal);
        }
        if (round === this.round) {
            this.arrived(false);
        }
    }

    /** What is shown is of now; `late`: more will be said of it. */
    private arrived(late: boolean): void {
        window.clearTimeout(this.skeletonTimer);
        this.node.removeAttribute('aria-busy');
        this.node.classList.remove('dimmed', 'new');
        this.foot.toggleAttribute('data-late', late);
    }

    /** The chart becomes its table, or the other way round. */
    toggleTable(): void {
        if (this.content?.table !== undefined) {
            this.asTable = !this.asTable;
            this.draw();
        }
    }

    /** Draws what is there once more, in the colours of now. */
    redraw(): void {
        this.draw();
    }

    destroy(): void {
        this.round += 1;
        window.clearTimeout(this.skeletonTimer);
        unwatch(this.node);
        this.drop();
    }

    private dim(): void {
        if (this.content !== null) {
            this.node.classList.add('dimmed');
        } else {
            this.drop();
            this.finding.textContent = '';
            this.note.textContent = '';
            clear(this.body, skeleton());
        }
    }

    private show(all: CardContent): void {
        this.all = all;
        this.view = Math.min(this.view ?? all.firstView ?? 0, Math.max(0, (all.views?.length ?? 0) - 1));
        const content = { ...all, ...all.views?.[this.view] };
        this.content = content;
        this.finding.textContent = content.finding;
        this.note.textContent = content.note ?? '';
        this.note.hidden = content.note === undefined;
        this.draw();
    }

    private drop(): void {
        this.drawn?.destroy?.();
        this.drawn = null;
    }

    private draw(): void {
        const content = this.content;
        if (content === null) {
            return;
        }
        this.drop();
        if (this.asTable && content.table !== undefined) {
            clear(this.body, tableView({ pageSize: 12, ...content.table }));
        } else {
            const made = content.body();
            this.drawn = made instanceof HTMLElement ? { node: made } : made;
            clear(this.body, this.drawn.node);
        }
        this.drawTools(content);
        clear(
            this.foot,
            typeof content.foot === 'string' ? h('span', null, content.foot) : (content.foot ?? null),
            content.link !== undefined &&
                h(
                    'button',
                    { type: 'button', class: 'link', onClick: content.link.go },
                    content.link.words,
                    icon('arrow-right'),
                ),
        );
        this.foot.hidden = this.foot.childElementCount === 0;
    }

    private drawTools(content: CardContent): void {
        const data = content.table;
        clear(
            this.tools,
            content.tools ?? null,
            content.views !== undefined && this.switch(content.views),
            data !== undefined &&
                h(
                    'button',
                    {
                        type: 'button',
                        class: 'tool',
                        'aria-pressed': String(this.asTable),
                        'aria-label': this.asTable ? 'Show as chart' : 'Show as table',
                        title: this.asTable ? 'Show as chart' : 'Show as table',
                        onClick: () => this.toggleTable(),
                    },
                    icon('table'),
                ),
            data !== undefined &&
                h(
                    'button',
                    {
                        type: 'button',
                        class: 'tool',
                        'aria-label': `Download ${data.caption} as CSV`,
                        title: 'Download as CSV',
                        onClick: () => downloadCsv(data),
                    },
                    icon('download'),
                ),
        );
    }

    private switch(views: readonly CardView[]): HTMLElement {
        return h(
            'div',
            { class: 'segments', role: 'group', 'aria-label': this.spec.question },
            ...views.map((view, i) =>
                h(
                    'button',
                    {
                        type: 'button',
                        class: 'segment',
                        'aria-pressed': String(i === this.view),
                        onClick: () => {
                            this.view = i;
                            if (this.all !== null) {
                                this.show(this.all);
                                this.tools.querySelectorAll<HTMLElement>('.segment')[i]?.focus();
                            }
                        },
                    },
                    view.name,
                ),
            ),
        );
    }

    private fail(error: unknown, signal: AbortSignal): void {
        const missing = missingOf(error, this.context());
        this.drop();
        this.content = null;
        clear(this.tools);
        this.foot.hidden = true;
        this.note.hidden = true;
        if (missing !== null) {
            this.finding.textContent = missing.message;
            clear(
                this.body,
                h(
                    'div',
                    { class: 'state' },
                    h('span', { class: 'tile' }, icon(missing.iconName)),
                    h('p', null, missing.advice),
                    missing.way === null ? null : wayOut(missing.way),
                ),
            );
            return;
        }
        const known = error instanceof AnswerError;
        this.finding.textContent = 'This part did not arrive';
        const details = h(
            'pre',
            { hidden: true },
            known ? error.details : String(error instanceof Error ? error.stack : error),
        );
        clear(
            this.body,
            h(
                'div',
                { class: 'state', role: 'alert' },
                h('span', { class: 'tile' }, icon('plug-circle-xmark')),
                h(
                    'p',
                    null,
                    known ? error.message : 'The page could not draw what it got.',
                    ' The rest of the page is up to date.',
                ),
                h(
                    'div',
                    { class: 'buttons' },
                    h(
                        'button',
                        {
                            type: 'button',
                            class: 'button primary',
                            onClick: () => void this.load(signal.aborted ? new AbortController().signal : signal),
                        },
                        icon('rotate-right'),
                        'Try again',
                    ),
                    h(
                        'button',
                        { type: 'button', class: 'button', onClick: () => (details.hidden = !details.hidden) },
                        'Details',
                    ),
                ),
                details,
            ),
        );
    }
}

function skeleton(): HTMLElement {
    return h('div', { class: 'skeleton', 'aria-hidden': 'true' }, ...Array.from({ length: 12 }, () => h('span', null)));
}
