// The frame of all pages: side bar (bottom bar on a phone), filter bar, lead, strip, cards.
import { LiveSource } from '../data/live';
import type { Meta, Source } from '../data/source';
import type { Page } from '../pages/page';
import { Card, wayOut, type Context, type Docs } from '../ui/card';
import { closeDefinition } from '../ui/definition';
import { clear, h, strong } from '../ui/dom';
import { gather } from '../ui/gather';
import { icon } from '../ui/icons';
import { kpiStrip } from '../ui/kpi';
import { missingOf } from '../ui/missing';
import { closePanel, openPanel } from '../ui/panel';
import { say } from '../ui/tooltip';
import { FILTERS, type Controls, type ControlsStore } from './controls';
import { filterBar, type FilterBar } from './filters';
import { KEY_HELP, keysOn, startKeys, switchKeys } from './keys';
import { closeSession } from './login';
import { openThing } from './opened';
import { search } from './search';
import { currentMode, currentPalette, onTheme, setMode, setPalette } from './theme';

const REFRESH_EVERY = 60_000; /* ms, of the running day */

export class Shell {
    private cards: Card[] = [];
    private round = new AbortController();
    private readonly lead = h('header', { class: 'lead' });
    private readonly strip = h('div', { class: 'strip' });
    private readonly grid = h('div', { class: 'grid' });
    private readonly bar: FilterBar;
    private readonly nav = h('nav', { class: 'pages', 'aria-label': 'Pages' });
    private readonly switches = h('div', { class: 'switches' });
    private paused = false;
    private readonly pauseButton = h('button', {
        type: 'button',
        class: 'tool',
        onClick: () => this.pause(!this.paused),
    });

    constructor(
        private readonly app: HTMLElement,
        private readonly source: Source,
        private meta: Meta,
        private readonly store: ControlsStore,
        private readonly pages: readonly Page[],
    ) {
        const tools = h(
            'div',
            { class: 'bar-tools' },
            h(
                'button',
                {
                    type: 'button',
                    class: 'tool',
                    'aria-label': 'Search a product or customer',
                    title: 'Search ( / )',
                    onClick: () => this.search(),
                },
                icon('magnifying-glass'),
            ),
            source.live ? this.pauseButton : null,
            h(
                'button',
                {
                    type: 'button',
                    class: 'tool',
                    'aria-label': 'Print or save as PDF',
                    title: 'Print',
                    onClick: () => window.print(),
                },
                icon('print'),
            ),
            h(
                'button',
                {
                    type: 'button',
                    class: 'tool',
                    'aria-label': 'Keyboard and help',
                    title: 'Help ( ? )',
                    onClick: () => this.help(),
                },
                icon('circle-question'),
            ),
        );
        this.bar = filterBar(store, meta, tools);
        this.frame();
        this.pause(false);
        store.onChange((now, before) => this.changed(now, before));
        onTheme(() => {
            this.drawSwitches();
            this.cards.forEach((card) => card.redraw());
        });
        startKeys({
            page: (index) => this.go(this.pages[index]?.id ?? 'overview'),
            filters: () => this.bar.focusFilters(),
            period: () => this.bar.focusPeriod(),
            compare: () => this.bar.focusCompare(),
            search: () => this.search(),
            table: () => this.table(),
            help: () => this.help(),
            escape: () => this.escape(),
        });
        if (source.live) {
            setInterval(() => void this.refresh(), REFRESH_EVERY);
        }
        this.openPage();
        this.openThing();
    }

    private context = (): Context => ({
        source: this.source,
        meta: this.meta,
        controls: this.store.value,
        set: (change) => this.store.set(change),
    });

    private page(): Page {
        const page = this.pages.find((p) => p.id === this.store.value.page) ?? this.pages[0];
        if (page === undefined) {
            throw new Error('no pages');
        }
        return page;
    }

    private go(id: Controls['page']): void {
        this.store.set({ page: id, open: '' });
        scrollTo(0, 0);
    }

    private frame(): void {
        this.drawSwitches();
        clear(
            this.nav,
            ...this.pages.map((page) =>
                h(
                    'a',
                    {
                        class: 'page-link',
                        href: `#/${page.id}`,
                        dataset: { page: page.id },
                        title: page.title,
                        onClick: (event: Event) => {
                            event.preventDefault();
                            this.go(page.id);
                        },
                    },
                    icon(page.icon),
                    h('span', { class: 'long' }, page.title),
                    h('span', { class: 'short' }, page.short),
                ),
            ),
        );
        clear(
            this.app,
            h(
                'a',
                {
                    class: 'skip',
                    href: '#main',
                    onClick: (event: Event) => {
                        event.preventDefault();
                        (document.getElementById('main') as HTMLElement).focus();
                    },
                },
                'Skip to the figures',
            ),
            h(
                'aside',
                { class: 'side' },
                h(
                    'div',
                    { class: 'brand' },
                    h('span', { class: 'mark' }, icon('store')),
                    h('span', { class: 'brand-words' }, h('strong', null, 'Vitrine'), h('span', null, this.meta.shop)),
                ),
                this.nav,
                h('div', { class: 'side-foot' }, this.switches),
            ),
            h(
                'main',
                { id: 'main', tabindex: '-1' },
                this.bar.node,
                h('p', { class: 'print-only', id: 'print-line' }),
                this.lead,
                this.strip,
                this.grid,
            ),
        );
    }

    private drawSwitches(): void {
        const choice = (name: string, on: boolean, picture: string, act: () => void): HTMLElement =>
            h(
                'button',
                { type: 'button', class: 'segment', 'aria-pressed': String(on), onClick: act },
                icon(picture),
                name,
            );
        clear(
            this.switches,
            h('p', { class: 'side-label' }, 'Palette'),
            h(
                'div',
                { class: 'segments', role: 'group', 'aria-label': 'Palette' },
                choice('Autumn', currentPalette() === 'autumn', 'leaf', () => setPalette('autumn')),
                choice('Spring', currentPalette() === 'spring', 'seedling', () => setPalette('spring')),
            ),
            h(
                'div',
                { class: 'segments', role: 'group', 'aria-label': 'Light or dark' },
                choice('Light', currentMode() === 'light', 'sun', () => setMode('light')),
                choice('Dark', currentMode() === 'dark', 'moon', () => setMode('dark')),
            ),
            h(
                'button',
                { type: 'button', class: 'side-link', onClick: () => this.help() },
                h('kbd', null, '?'),
                'Keyboard and help',
            ),
            this.source.live
                ? h(
                      'button',
                      { type: 'button', class: 'side-link', onClick: () => void closeSession() },
                      icon('right-from-bracket'),
                      'Close the session',
                  )
                : null,
        );
    }

    private openPage(): void {
        const page = this.page();
        document.title = `${page.title} – ${this.meta.shop} – Vitrine`;
        for (const link of this.nav.querySelectorAll<HTMLElement>('.page-link')) {
            if (link.dataset.page === page.id) {
                link.setAttribute('aria-current', 'page');
            } else {
                link.removeAttribute('aria-current');
            }
        }
        this.cards.forEach((card) => card.destroy());
        this.cards = page.cards.map((spec) => new Card(spec, this.context));
        clear(this.lead);
        clear(this.strip);
        this.strip.classList.toggle('none', page.noStrip === true);
        clear(this.grid, ...this.cards.map((card) => card.node));
        void this.load();
    }

    /** Loads all that the page shows under the controls of now. */
    private async load(): Promise<void> {
        this.round.abort();
        this.round = new AbortController();
        const { signal } = this.round;
        const page = this.page();
        const head = this.loadHead(page, signal);
        await Promise.all([head, ...this.cards.map((card) => card.load(signal))]);
        if (!signal.aborted) {
            say('Figures are up to date.');
        }
    }

    private async loadHead(page: Page, signal: AbortSignal): Promise<void> {
        const context = this.context();
        this.strip.setAttribute('aria-busy', 'true');
        try {
            await gather(page, context, signal, (docs, late) => {
                if (!signal.aborted) {
                    this.drawHead(page, docs, context);
                    this.strip.removeAttribute('aria-busy');
                    this.lead.toggleAttribute('data-late', late);
                }
            });
        } catch (error) {
            if (!signal.aborted) {
                const missing = missingOf(error, context);
                const words = missing?.message ?? (error instanceof Error ? error.message : String(error));
                clear(
                    this.lead,
                    h('p', { class: 'eyebrow' }, page.title),
                    h('h1', null, words),
                    missing !== null && h('p', { class: 'lead-text' }, missing.advice),
                    missing?.way != null && wayOut(missing.way),
                );
                clear(this.strip);
            }
        }
        if (!signal.aborted) {
            this.strip.removeAttribute('aria-busy');
        }
    }

    private drawHead(page: Page, docs: Docs, context: Context): void {
        const first = page.needs[0] === undefined ? undefined : docs[page.needs[0]];
        this.bar.spans(first?.period ?? null, context.controls.compare === 'none' ? null : (first?.compared ?? null));
        const lead = page.lead(docs, context);
        clear(
            this.lead,
            h('p', { class: 'eyebrow' }, lead.eyebrow),
            h('h1', null, ...strong(lead.sentence, 'em')),
            h('p', { class: 'lead-text' }, ...strong(lead.text)),
        );
        const kpis = page.kpis(docs, context);
        clear(this.strip, kpis.length > 0 && kpiStrip(kpis, context));
        const line = document.getElementById('print-line');
        if (line !== null) {
            line.textContent = `${this.meta.shop}, ${first?.period?.days ?? ''}${FILTERS.filter(
                (f) => context.controls[f] !== '',
            )
                .map((f) => `, ${context.controls[f]}`)
                .join('')}`;
        }
    }

    private changed(now: Controls, before: Controls): void {
        this.bar.update(now, this.meta);
        if (now.page !== before.page) {
            this.openPage();
        } else if (
            ['period', 'compare', ...FILTERS].some(
                (name) => now[name as keyof Controls] !== before[name as keyof Controls],
            )
        ) {
            void this.load();
        }
        if (now.open !== before.open) {
            this.openThing();
        }
    }

    private openThing(): void {
        const { open } = this.store.value;
        if (open === '') {
            closePanel();
            return;
        }
        openThing(open, this.context(), () => {
            if (this.store.value.open === open) {
                this.store.set({ open: '' });
            }
        });
    }

    private pause(paused: boolean): void {
        this.paused = paused;
        this.pauseButton.setAttribute('aria-pressed', String(paused));
        this.pauseButton.setAttribute('aria-label', paused ? 'Go on refreshing' : 'Pause refreshing');
        this.pauseButton.title = paused ? 'Refreshing is paused' : 'Refreshes each minute';
        clear(this.pauseButton, icon(paused ? 'play' : 'pause'));
    }

    private async refresh(): Promise<void> {
        if (this.paused || document.hidden || !(this.source instanceof LiveSource)) {
            return;
        }
        try {
            const meta = await this.source.meta();
            if (meta.newest_event !== this.meta.newest_event || meta.last_day !== this.meta.last_day) {
                this.meta = meta;
                this.source.renew();
                this.bar.update(this.store.value, meta);
                await this.load();
            }
        } catch {
            // the next round tries again; the page says how old it is
        }
    }

    private search(): void {
        search(this.context());
    }

    private table(): void {
        const here = document.activeElement?.closest('.card');
        const card = this.cards.find((c) => c.node === here) ?? this.cards[0];
        card?.toggleTable();
    }

    private help(): void {
        const toggle = h('input', { type: 'checkbox', id: 'keys-on', onChange: () => switchKeys(toggle.checked) });
        toggle.checked = keysOn();
        openPanel(
            'Keyboard and help',
            h(
                'div',
                { class: 'help' },
                h(
                    'dl',
                    null,
                    ...KEY_HELP.flatMap(([what, key]) => [
                        h('dt', null, what),
                        h('dd', null, ...key.split(' ').map((k) => (k === '–' ? ' – ' : h('kbd', null, k)))),
                    ]),
                ),
                h('label', { for: 'keys-on' }, toggle, ' Single keys are on'),
                h(
                    'p',
                    { class: 'note' },
                    'Click a bar, a row or a cell to filter by it; click its name or photo to open it. Every chart can be shown as a table and downloaded.',
                ),
                h('p', { class: 'note' }, `Vitrine ${this.meta.version}`),
            ),
        );
    }

    private escape(): void {
        if (closeDefinition() || closePanel()) {
            return;
        }
        const controls = this.store.value;
        const last = [...FILTERS].reverse().find((name) => controls[name] !== '');
        if (last !== undefined) {
            this.store.set({ [last]: '' } as Partial<Controls>);
        }
    }
}
