// Shops at the edge: no events, one event, one product, a title of 500 characters, ten billion of revenue, a currency
// without decimals, right-to-left text. Nothing breaks, nothing sticks out.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { flaws, importCsv, makeShop, missing, open, openBrowser, openPage, PAGES, serve, vitrine } from './lib.mjs';

const skip = missing() ?? false;
let browser;

before(async () => {
    browser = skip ? undefined : await openBrowser();
});

after(async () => {
    await browser?.close();
});

const HEAD = 'user,item,kind,time,unit_price,quantity,order_id';
const at = (day) => new Date(Date.UTC(2026, 4, 1) + day * 86_400_000).toISOString().slice(0, 19);

function orders(n, price, item = (i) => `i${i % 7}`) {
    return Array.from({ length: n }, (_, i) => `u${i % 9},${item(i)},purchase,${at(i % 60)},${price},1,o${i}`);
}

function csvShop(events, items, currency = 'USD') {
    return makeShop((shop, folder) => {
        if (items) {
            importCsv(shop, folder, 'items', ['id,title,category,brand,price', ...items], '--currency', currency);
        }
        importCsv(shop, folder, 'events', [HEAD, ...events], '--currency', currency);
        vitrine(shop, 'dataset');
    });
}

const CORNERS = {
    'no events': () => makeShop((shop, folder) => importCsv(shop, folder, 'items', ['id,title', 'i1,Jug'])),
    'one event': () => csvShop([`u1,i1,purchase,${at(0)},5,1,o1`]),
    'one product': () => csvShop(orders(80, 12, () => 'i1'), ['i1,Jug,Home,Potter,12']),
    'a title of 500 characters': () => csvShop(orders(80, 12), [0, 1, 2, 3, 4, 5, 6].map((i) => `i${i},${'Unbreakable'.repeat(45)}${i},${'Category'.repeat(12)}${i},${'Brand'.repeat(20)},12`)),
    'ten billion of revenue': () => csvShop(orders(120, 90_000_000), [0, 1, 2, 3, 4, 5, 6].map((i) => `i${i},Ship ${i},Ships,Yard,90000000`)),
    'a currency without decimals': () => csvShop(orders(120, 1200), [0, 1, 2, 3, 4, 5, 6].map((i) => `i${i},Jug ${i},Home,Potter,1200`), 'JPY'),
    'right-to-left text': () => csvShop(orders(120, 12), [0, 1, 2, 3, 4, 5, 6].map((i) => `i${i},إبريق أحمر ${i},منزل ${i % 2},فخار,12`)),
};

for (const [name, make] of Object.entries(CORNERS)) {
    test(`a shop with ${name}`, { skip }, async () => {
        const made = make();
        const server = await serve(made.shop);
        try {
            for (const [width, which] of [
                [1280, PAGES],
                [390, PAGES],
            ]) {
                const page = await openPage(browser, { width });
                for (const one of which) {
                    await open(page, `${server.url}/#/${one}?period=90d`);
                    if (process.env.SHOTS) {
                        await page.screenshot({ path: path.join(process.env.SHOTS, `${name}-${one}-${width}.png`.replaceAll(' ', '-')), fullPage: true });
                    }
                    assert.deepEqual(await flaws(page), [], `${one} at ${width}`);
                }
                assert.deepEqual(page.wrong, [], `at ${width}`);
                await page.context().close();
            }
        } finally {
            await server.end();
            made.remove();
        }
    });
}
