// The example of a storefront, as a visitor uses it: what it shows is what the server answers, and what the visitor does
// is told to the server once, with the request that recommended it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { asWritten, importCsv, makeShop, missing, openBrowser, openPage, serve, vitrine } from './lib.mjs';

const pages = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../examples/storefront');
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json' };
const skip = missing() ?? false;
let shop, server, files, browser, page, owner, settings;

/** The folder of the example, and settings.json beside it. */
function serveFiles() {
    const made = http.createServer((request, answer) => {
        const name = request.url === '/' ? 'index.html' : request.url.slice(1);
        if (name === 'settings.json') {
            answer.setHeader('Content-Type', 'application/json').end(JSON.stringify(settings));
        } else if (fs.existsSync(path.join(pages, name))) {
            answer.setHeader('Content-Type', types[path.extname(name)]).end(fs.readFileSync(path.join(pages, name)));
        } else {
            answer.writeHead(name === 'favicon.ico' ? 204 : 404).end();
        }
    });
    return new Promise((ready) => made.listen(0, '127.0.0.1', () => ready(made)));
}

const key = (scope) => vitrine(shop.shop, 'key', 'create', '--scope', scope).trim();

/** Events by a query; a page of the listing may be empty and yet have a next one. */
async function told(query) {
    const found = [];
    for (let after = ''; after !== null;) {
        const address = `${server.url}/v1/events?${query}${after && `&after=${after}`}`;
        const answer = await (await fetch(address, { headers: { Authorization: `Bearer ${owner}` } })).json();
        found.push(...answer.items);
        after = answer.next;
    }
    return found;
}

async function toldSoon(query) {
    for (let turn = 0; turn < 100; turn++) {
        const events = await told(query);
        if (events.length > 0) {
            return events;
        }
        await new Promise((later) => setTimeout(later, 50));
    }
    assert.fail(`no event: ${query}`);
}

const idOf = (href) => decodeURIComponent(/#\/item\/(.*)$/.exec(href)[1]);
const ids = async (list) =>
    (await page.locator(`[data-vitrine-placement="${list}"] a`).all()).reduce(
        async (all, link) => [...(await all), idOf(await link.getAttribute('href'))],
        Promise.resolve([]),
    );

before(async () => {
    if (skip) {
        return;
    }
    const title = asWritten('<img src=x onerror=globalThis.ran=1> jug');
    shop = makeShop((folder, work) => {
        vitrine(folder, 'generate', '--products', '60', '--users', '300', '--orders', '1500');
        importCsv(folder, work, 'items', ['item,title', `"a/b ?","${title}"`]);
        vitrine(folder, 'train', 'itemknn', '--positive', 'purchase');
    });
    owner = key('read,events,write,report,admin');
    files = await serveFiles();
    const origin = `http://127.0.0.1:${files.address().port}`;
    server = await serve(shop.shop, ['--origins', origin]);
    settings = { server: server.url, key: key('events,read') };
    browser = await openBrowser();
    page = await openPage(browser);
    page.origin = origin;
});

after(async () => {
    await browser?.close();
    await server?.end();
    files?.closeAllConnections();
    files?.close();
    shop?.remove();
});

test('a new visitor sees what sells, with photos, and the catalogue page by page', { skip }, async () => {
    await page.goto(page.origin);
    await page.waitForSelector('[data-vitrine-placement="all"] a');
    const trending = await (
        await fetch(`${server.url}/v1/trending?n=6`, { headers: { Authorization: `Bearer ${settings.key}` } })
    ).json();
    assert.deepEqual(
        await ids('home'),
        trending.items.map((row) => row.item),
    );
    await page.waitForSelector('.frame img');
    assert.match(await page.locator('.price').first().textContent(), /^\$\d+\.\d\d$/);
    const before = (await ids('all')).length;
    await page.click('text=More products');
    await page.waitForFunction((n) => document.querySelectorAll('[data-vitrine-placement="all"] a').length > n, before);
});

test('a product page tells a view, a click of a list its request', { skip }, async () => {
    const [first] = await ids('home');
    await page.click('[data-vitrine-placement="home"] a');
    await page.waitForSelector('.product h1');
    const [view] = await toldSoon('kind=view&since=2026-01-01T00:00:00Z');
    assert.equal(view.item, first);
    const [click] = await toldSoon('kind=click&since=2026-01-01T00:00:00Z');
    assert.equal(click.item, first);
    assert.equal(click.placement, 'home');
    assert.match(click.request, /^[0-9a-f]{32}$/);
    assert.equal(click.session, view.session);
    assert.ok((await ids('similar')).length > 0);
    assert.ok(!(await ids('similar')).includes(first));
});

test('what was looked at changes the list "for you", with a reason', { skip }, async () => {
    await page.goto(`${page.origin}/#/`);
    await page.waitForSelector('h2:has-text("For you")');
    assert.ok((await page.locator('.why').allTextContents()).some((why) => why.length > 10));
    const impressions = await toldSoon('kind=impression&since=2026-01-01T00:00:00Z');
    assert.equal(impressions[0].placement, 'home');
});

test('a cart is completed and ordered, each event told once', { skip }, async () => {
    const [item] = await ids('home');
    await page.click('[data-vitrine-placement="home"] a');
    await page.click('text=Add to cart');
    await page.click('#cart');
    await page.waitForSelector('.order');
    assert.deepEqual(await ids('cart'), [item]);
    assert.equal((await toldSoon('kind=cart&since=2026-01-01T00:00:00Z')).length, 1);
    await page.click('text=Order');
    await page.waitForSelector('text=Thank you');
    const bought = await toldSoon('kind=purchase&since=2026-01-01T00:00:00Z');
    assert.deepEqual(
        bought.map((event) => event.item),
        [item],
    );
    assert.ok(bought[0].order.startsWith('demo-'));
});

test('an event that could not be told waits, and is told once', { skip }, async () => {
    await page.context().setOffline(true);
    await page.evaluate(() => window.vitrine.tell({ kind: 'view', item: 'a/b ?' }));
    assert.equal((await told('kind=view&item=a%2Fb%20%3F')).length, 0);
    await page.context().setOffline(false);
    assert.equal((await toldSoon('kind=view&item=a%2Fb%20%3F')).length, 1);
    page.wrong = page.wrong.filter((line) => !line.includes('ERR_INTERNET_DISCONNECTED'));
});

test('words find, and what they find is text', { skip }, async () => {
    await page.fill('#words', 'jug');
    await page.press('#words', 'Enter');
    await page.waitForSelector('h2:has-text("Found for")');
    assert.deepEqual((await ids('search')).slice(0, 1), ['a/b ?']);
    await page.click('[data-vitrine-placement="search"] a');
    await page.waitForSelector('h1:has-text("<img src=x")');
    assert.equal(await page.evaluate(() => globalThis.ran), undefined);
});

test('nothing went wrong in the page, and a server that is gone is said', { skip }, async () => {
    assert.deepEqual(page.wrong, []);
    await server.end();
    server = undefined;
    await page.goto(`${page.origin}/#/cart`);
    await page.goto(`${page.origin}/#/search/tea`);
    await page.waitForSelector('[role="alert"]');
});
