// The measurements of bench/dashboard/run.
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = path.dirname(fileURLToPath(import.meta.url));
process.env.VITRINE ??= path.join(process.env.VITRINE_BUILD ?? path.join(here, '../../build'), 'src/cli/vitrine');
const { missing, openBrowser, openPage, PAGES, serve, vitrine } = await import('../../tests/web/lib.mjs');

const WAIT = 120_000; /* ms, for a page to be filled */

function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const half = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

function makeShop(shop, orders) {
    const asked = Math.round(orders * 1.12); // a tenth is lost where stock runs out
    const users = Math.max(10, Math.round(orders / 10));
    const products = Math.max(35, Math.round(orders / 50));
    vitrine(shop, 'generate', '--orders', asked, '--users', users, '--products', products, '--photos', 200, '--stock-outs');
    vitrine(shop, 'dataset');
    vitrine(shop, 'train', 'itemknn', '--positive', 'purchase');
}

/** Bytes of a file as the server sends it to a browser. */
function sentBytes(url) {
    return new Promise((resolve, reject) => {
        http.get(url, { headers: { 'Accept-Encoding': 'gzip' } }, (response) => {
            let bytes = 0;
            response.on('data', (part) => (bytes += part.length));
            response.on('end', () => resolve(bytes));
        }).on('error', reject);
    });
}

/** Milliseconds of a processor that the main thread of the page has taken so far: others who use it do not count. */
async function countWork(page) {
    const client = await page.context().newCDPSession(page);
    await client.send('Performance.enable', { timeDomain: 'threadTicks' });
    return async () => {
        const { metrics } = await client.send('Performance.getMetrics');
        return 1000 * metrics.find((metric) => metric.name === 'TaskDuration').value;
    };
}

/** Clicks as a person does; measured in the page, from the click on. */
async function change(page, work, target) {
    await page.evaluate(() => probe.watch());
    const before = await work();
    await target.click();
    return { ...(await page.evaluate(() => probe.changed)), work: (await work()) - before };
}

const period = (page, work) => change(page, work, page.locator('[data-period="90d"]'));

async function category(page, work, turn) {
    await page.click('#category');
    const choices = page.locator('.menu-box:not([hidden]) .menu-choice');
    return change(page, work, choices.nth(1 + (turn % ((await choices.count()) - 1))));
}

/** Opens a page once, as a browser does that was never here, and changes its controls. */
async function visit(browser, url, name, turn) {
    const page = await openPage(browser, { width: 1280, height: 900, motion: 'no-preference' });
    page.setDefaultTimeout(WAIT);
    await page.addInitScript({ path: path.join(here, 'probe.js') });
    const work = await countWork(page);
    await page.goto(`${url}/#/${name}`);
    const view = await page.evaluate(() => probe.first);
    const first = { view, work: await work(), whole: await page.evaluate(() => probe.all) };
    await page.waitForTimeout(500); // what comes late may shift something, or take long
    const still = await page.evaluate(() => ({ shift: probe.shift, longest: probe.longest, slowest: probe.slowest() }));
    const changes = { period: await period(page, work), category: await category(page, work, turn) };
    await page.waitForTimeout(500);
    const after = await page.evaluate(() => ({ shift: probe.shift, longest: probe.longest, slowest: probe.slowest() }));
    if (page.wrong.length > 0) {
        throw new Error(`${name}: ${page.wrong.join('; ')}`);
    }
    await page.context().close();
    return { first, still, changes, after };
}

function printRow(name, visits) {
    const of = (pick) => median(visits.map(pick)).toFixed(0);
    const slowest = visits.map((v) => v.still.slowest).sort((a, b) => b.ms - a.ms)[visits.length >> 1];
    const cells = [
        name,
        visits[0].first.view.toFixed(0),
        of((v) => v.first.view),
        of((v) => v.first.work),
        of((v) => v.first.whole),
        of((v) => v.changes.period.view),
        of((v) => v.changes.period.whole),
        of((v) => v.changes.period.work),
        of((v) => v.changes.category.view),
        of((v) => v.changes.category.whole),
        of((v) => v.changes.category.work),
        median(visits.map((v) => v.still.shift)).toFixed(3),
        median(visits.map((v) => v.after.shift - v.still.shift)).toFixed(3),
        of((v) => v.still.longest),
        of((v) => v.after.longest),
        `${slowest.ms.toFixed(0)} ${slowest.path.split('/').pop()}`,
    ];
    console.log(`| ${cells.join(' | ')} |`);
}

async function printScripts(url) {
    const page = await (await fetch(url)).text();
    const names = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map((match) => match[1]);
    for (const name of [...names, 'assets/plotly-bundle.js']) {
        console.log(`${name}: ${((await sentBytes(`${url}/${name}`)) / 1000).toFixed(1)} kB`);
    }
}

/** Waits until the server has answered what pages ask first, then by category; the lines in which it says so. */
async function answersReady(server) {
    for (;;) {
        const lines = server.log().match(/\d+ (first answers|answers by category) are ready after [\d.]+ s/g) ?? [];
        if (lines.length === 2) {
            return lines;
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
    }
}

export async function main(args) {
    const { values } = parseArgs({
        args,
        options: {
            runs: { type: 'string', default: '5' },
            orders: { type: 'string' },
            shop: { type: 'string' },
            page: { type: 'string' },
            cold: { type: 'boolean' },
        },
    });
    const why = missing();
    if (why !== null) {
        throw new Error(why);
    }
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vitrine-bench-'));
    const shop = values.shop ?? path.join(folder, 'shop');
    if (!fs.existsSync(shop)) {
        makeShop(shop, Number(values.orders ?? 100_000));
    }
    const server = await serve(shop, ['--insecure-local', '--log']);
    const ready = values.cold ? null : await answersReady(server);
    const browser = await openBrowser();
    const load = () => os.loadavg()[0].toFixed(1);
    try {
        if (ready !== null) {
            console.log(`ahead of all visits: ${ready.join(', ')} of work`);
        }
        console.log(`milliseconds, medians of ${values.runs}; load ${load()} at first`);
        console.log('| page | first visit | first view | work | whole | period | whole | work | category | whole | work | shift | after a change | longest task | after a change | slowest answer |');
        console.log(`|${' --- |'.repeat(16)}`);
        for (const name of values.page === undefined ? PAGES : [values.page]) {
            const visits = [];
            for (let turn = 0; turn < Number(values.runs); turn++) {
                visits.push(await visit(browser, server.url, name, turn));
            }
            printRow(name, visits);
        }
        await printScripts(server.url);
        console.log(`load ${load()} at last`);
    } finally {
        await browser.close();
        await server.end();
        fs.rmSync(folder, { recursive: true, force: true });
    }
}
