// What tests in a browser share: a shop in a folder of its own, a server over it, a page of the system's Chromium that
// notes whatever goes wrong in it.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(path.join(here, '../../web/package.json'));
const { chromium } = require('playwright-core');

export const program = path.resolve(process.env.VITRINE ?? path.join(here, '../../build-debug/src/cli/vitrine'));
export const PAGES = ['overview', 'sales', 'customers', 'products', 'trends', 'recommendations'];
export const THEMES = [
    ['autumn', 'light'],
    ['autumn', 'dark'],
    ['spring', 'light'],
    ['spring', 'dark'],
];

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** Why the tests cannot run here, or null. */
export function missing() {
    if (!BROWSERS.some((file) => fs.existsSync(file))) {
        return 'Chromium is not there; script/setup installs it';
    }
    const served = { status: 0 };
    return served.status === 0 ? null : `${program} was built without the dashboard`;
}

export function vitrine(shop, ...words) {
    const done = spawnSync(program, ['--quiet', '--shop', shop, ...words], { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (done.status !== 0) {
        throw new Error(`vitrine ${words.join(' ')}: ${done.stderr}`);
    }
    return done.stdout;
}

/** A shop in a new folder, filled by `fill(shop, folder)`. */
export function makeShop(fill) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vitrine-web-'));
    const shop = path.join(folder, 'shop');
    fill(shop, folder);
    return { shop, folder, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

/** Writes rows to a CSV file of the folder and imports them as `table`. */
export function importCsv(shop, folder, table, rows, ...options) {
    const file = path.join(folder, `${table}.csv`);
    fs.writeFileSync(file, `${rows.join('\n')}\n`);
    vitrine(shop, 'import', 'csv', file, '--table', table, ...options);
}

/** Words as an import takes them for words: it drops tags of titles and descriptions, and reads entities. */
export const asWritten = (words) => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export function smallShop() {
    return makeShop((shop) => {
        vitrine(shop, 'generate', '--products', '120', '--users', '400', '--orders', '2500', '--stock-outs');
        vitrine(shop, 'dataset');
        vitrine(shop, 'train', 'itemknn', '--positive', 'purchase');
    });
}

/** A server over the shop that needs no key on this machine, or with `options` of its own. */
export async function serve(shop, options = ['--insecure-local']) {
    const child = spawn(program, ['--shop', shop, 'serve', '--listen', '127.0.0.1:0', '--no-encode', ...options], {
        stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    const port = await new Promise((resolve, reject) => {
        child.stderr.on('data', (part) => {
            log += part;
            const match = /serving .* at https?:\/\/127\.0\.0\.1:(\d+);/.exec(log);
            if (match) {
                resolve(Number(match[1]));
            }
        });
        child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${log}`)));
    });
    const url = `http://127.0.0.1:${port}`;
    return {
        url,
        log: () => log,
        async get(route) {
            const answer = await fetch(`${url}/v1/${route}`);
            if (!answer.ok) {
                throw new Error(`${route}: ${answer.status} ${await answer.text()}`);
            }
            return answer;
        },
        end: () =>
            new Promise((resolve) => {
                child.removeAllListeners('exit');
                child.on('exit', resolve);
                child.kill('SIGTERM');
            }),
    };
}

export async function openBrowser() {
    return chromium.launch({
        executablePath: BROWSERS.find((file) => fs.existsSync(file)),
        args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
}

/** A page that keeps what went wrong in it: errors, refused by the content security policy, requests to other hosts. */
export async function openPage(browser, { width = 1280, height = 900, palette = 'autumn', mode = 'light', touch = false, motion = 'reduce' } = {}) {
    const context = await browser.newContext({
        viewport: { width, height },
        deviceScaleFactor: width < 500 ? 2 : 1,
        hasTouch: touch,
        reducedMotion: motion,
        locale: 'en-US',
        timezoneId: 'UTC',
    });
    const page = await context.newPage();
    page.wrong = [];
    page.on('console', (message) => {
        // A photo that is not there, and a map of items without vectors, are no errors of the page.
        if (message.type() === 'error' && !/photos\/|v1\/map/.test(message.location().url ?? '')) {
            page.wrong.push(`console: ${message.text()} ${message.location().url ?? ''}`);
        }
    });
    page.on('pageerror', (error) => page.wrong.push(`error: ${error.message}`));
    page.on('request', (request) => {
        const url = new URL(request.url());
        if (!['127.0.0.1', ''].includes(url.hostname)) {
            page.wrong.push(`request to ${url.hostname}`);
        }
    });
    await page.addInitScript(
        ([chosen, light]) => {
            try {
                localStorage.setItem('vitrine-palette', chosen);
                localStorage.setItem('vitrine-mode', light);
            } catch {
                // a page from disk keeps nothing
            }
            addEventListener('securitypolicyviolation', (event) => {
                console.error(`refused by policy: ${event.violatedDirective} ${event.blockedURI}`);
            });
        },
        [palette, mode],
    );
    return page;
}

/** Opens `address` and waits until every card has what it waits for. */
export async function open(page, address) {
    await page.goto(address);
    await settled(page);
}

export async function settled(page) {
    await page.waitForFunction(
        () => document.querySelector('.lead h1') !== null && document.querySelector('[aria-busy="true"], [data-late]') === null,
        undefined,
        { timeout: 60_000 },
    );
    await page.waitForTimeout(150);
}

/** The figures of the strip by id, as numbers. */
export const figures = (page) =>
    page.evaluate(() =>
        Object.fromEntries([...document.querySelectorAll('.kpi')].map((kpi) => [kpi.dataset.figure, Number(kpi.dataset.value)])),
    );

/** The cards that say they failed, and elements that stick out of the page to the right. */
export async function flaws(page) {
    return page.evaluate(() => {
        const found = [];
        for (const card of document.querySelectorAll('.card')) {
            if (card.querySelector('[role="alert"]') !== null) {
                found.push(`${card.id}: ${card.textContent.slice(0, 300)}`);
            }
        }
        if (document.documentElement.scrollWidth > innerWidth + 1) {
            found.push(`wider than the page: ${document.documentElement.scrollWidth}`);
        }
        for (const value of document.querySelectorAll('.kpi-value')) {
            if (value.scrollWidth > value.clientWidth + 1) {
                found.push(`${value.textContent} does not fit its place`);
            }
        }
        const words = document.body.innerText;
        for (const bad of ['NaN', 'undefined', 'Infinity', '[object']) {
            if (words.includes(bad)) {
                found.push(`the page says ${bad}: ${words.slice(Math.max(0, words.indexOf(bad) - 80), words.indexOf(bad) + 40)}`);
            }
        }
        return found;
    });
}

export const axeSource = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Violations of WCAG 2.2 A and AA that axe finds. */
export async function axe(page) {
    // Playwright's evaluate is not bound by the page's policy: the script stays out of the page itself.
    await page.evaluate(axeSource);
    return page.evaluate(async () => {
        const result = await globalThis.axe.run(document, {
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        });
        return result.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | ')}`);
    });
}

/** A shop, a server over it and a browser for all tests of a file, made before them and gone after. */
export function fixture(make, { served = true } = {}) {
    const f = { skip: missing() ?? false };
    before(async () => {
        if (!f.skip) {
            f.shop = make();
            f.server = served ? await serve(f.shop.shop) : undefined;
            f.browser = await openBrowser();
        }
    });
    after(async () => {
        await f.browser?.close();
        await f.server?.end();
        f.shop?.remove();
    });
    return f;
}
