import './styles/tokens.css';
import './styles/layout.css';
import './styles/parts.css';
import './styles/charts.css';
import './styles/heat.css';
import './styles/customers.css';
import './styles/multiples.css';
import './styles/plotly.css';
import './styles/products.css';
import './styles/trends.css';
import './styles/recommendations.css';
import './styles/print.css';

import { ControlsStore, type Controls } from './app/controls';
import { login, useToken } from './app/login';
import { Shell } from './app/shell';
import { startTheme } from './app/theme';
import { EmbeddedSource } from './data/embedded';
import { LiveSource } from './data/live';
import { AnswerError, request, type Meta, type Source } from './data/source';
import { answersOf } from './pages/page';
import { PAGES } from './pages/pages';
import { clear, h } from './ui/dom';
import { mountPanel } from './ui/panel';
import { mountTooltip } from './ui/tooltip';
import { loadFormats, setLocale } from './words/numbers';

function chooseSource(): Source {
    const answers = document.getElementById('vitrine-answers')?.textContent ?? '';
    const photos = document.getElementById('vitrine-photos')?.textContent ?? '';
    return answers === '' ? new LiveSource() : new EmbeddedSource(answers, photos);
}

async function openMeta(source: Source, app: HTMLElement): Promise<Meta> {
    for (;;) {
        try {
            return await source.meta();
        } catch (error) {
            if (!(error instanceof AnswerError) || (error.status !== 401 && error.status !== 403)) {
                throw error;
            }
            await login(app);
        }
    }
}

/** Asks for what the page will need: it comes while the frame is made. Whoever needs it waits for the same call. */
function askAhead(source: Source, controls: Controls): void {
    const page = PAGES.find((p) => p.id === controls.page);
    for (const name of page === undefined ? [] : answersOf(page)) {
        const { path, params } = request(name, controls);
        source.get(path, params).catch(() => undefined); // who needs it hears of it
    }
}

async function start(): Promise<void> {
    const app = document.getElementById('app');
    if (app === null) {
        return;
    }
    startTheme();
    mountTooltip();
    mountPanel();
    const source = chooseSource();
    try {
        if (source.live) {
            await useToken();
        }
        const opened = openMeta(source, app);
        loadFormats(); // while the server answers
        const meta = await opened;
        const store = new ControlsStore();
        if (source.live) {
            askAhead(source, store.value);
        }
        setLocale({ language: meta.locale ?? undefined, currency: meta.currency || null });
        new Shell(app, source, meta, store, PAGES);
    } catch (error) {
        clear(
            app,
            h(
                'main',
                { class: 'login-page' },
                h(
                    'div',
                    { class: 'card login', role: 'alert' },
                    h('h1', null, 'The shop did not open'),
                    h('p', null, error instanceof Error ? error.message : String(error)),
                    h(
                        'button',
                        { type: 'button', class: 'button primary', onClick: () => location.reload() },
                        'Try again',
                    ),
                ),
            ),
        );
    }
}

void start();
