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

import { ControlsStore } from './app/controls';
import { login, useToken } from './app/login';
import { Shell } from './app/shell';
import { startTheme } from './app/theme';
import { EmbeddedSource } from './data/embedded';
import { LiveSource } from './data/live';
import { AnswerError, type Meta, type Source } from './data/source';
import { PAGES } from './pages/pages';
import { clear, h } from './ui/dom';
import { mountPanel } from './ui/panel';
import { mountTooltip } from './ui/tooltip';
import { setLocale } from './words/numbers';

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
        const meta = await openMeta(source, app);
        setLocale({ language: meta.locale ?? undefined, currency: meta.currency || null });
        new Shell(app, source, meta, new ControlsStore(), PAGES);
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
