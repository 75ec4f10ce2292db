// Who may only look sees no customer's name on any page, nor in any answer that the page gets; who may change something tries
// a rule before it acts, and takes it back.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fixture, flaws, open, openPage, PAGES, serve, settled, smallShop, vitrine } from './lib.mjs';

const f = fixture(smallShop);
const ID = /\bC\d{7}\b/; // as the synthetic shop calls its customers

async function showTables(page) {
    const tables = page.locator('.tool[aria-label="Show as table"]');
    for (let n = await tables.count(); n > 0; n--) {
        await tables.first().click();
    }
}

async function logIn(page, address, key) {
    await page.goto(address);
    await page.fill('#key', key);
    await page.click('.login .button.primary');
    await settled(page);
}

/** Opens all pages with a key: what each shows and gets from the server. */
async function look(server, scope, secret) {
    const page = await openPage(f.browser);
    const answers = [];
    page.on('requestfinished', (request) => {
        if (request.url().includes('/v1/') && !request.url().includes('/photos/')) {
            answers.push(request.response().then((response) => response.text()).catch(() => ''));
        }
    });
    await logIn(page, `${server.url}/#/overview`, secret);
    page.wrong.length = 0; // the answer 401 that brought the login
    const seen = {};
    for (const name of PAGES) {
        await open(page, `${server.url}/#/${name}?period=1y`);
        const before = await page.locator('body').innerText();
        await showTables(page);
        seen[name] = [before, await page.locator('body').innerText(), ...(await Promise.all(answers.splice(0)))].join('\n');
        assert.deepEqual(await flaws(page), [], `${scope} ${name}`);
    }
    assert.deepEqual(page.wrong, [], scope);
    await page.context().close();
    return seen;
}

test('a viewer sees every page, and no name of a customer', { skip: f.skip }, async () => {
    const own = smallShop(); // one server a shop
    const key = (scope) => vitrine(own.shop, 'key', 'create', '--name', scope, '--scope', scope).trim();
    const keys = { view: key('view'), report: key('report') };
    const server = await serve(own.shop, []);
    try {
        const seen = {};
        for (const [scope, secret] of Object.entries(keys)) {
            seen[scope] = await look(server, scope, secret);
        }
        for (const [name, words] of Object.entries(seen.view)) {
            assert.doesNotMatch(words, ID, `${name} shows no name`);
        }
        assert.match(seen.report.customers, ID, 'with a key that may see names there are some');
    } finally {
        await server.end();
        own.remove();
    }
});

test('a rule is tried before it acts, and taken back', { skip: f.skip }, async () => {
    const page = await openPage(f.browser);
    await open(page, `${f.server.url}/#/recommendations`);
    const card = page.locator('#card-balance');
    const said = card.locator('.note[aria-live]');
    await card.locator('select').selectOption({ index: 1 });
    await card.locator('input[type="range"]').fill('3');
    const [response] = await Promise.all([
        page.waitForResponse((r) => r.url().includes('/v1/rules/preview')),
        card.locator('.button', { hasText: 'Preview' }).click(),
    ]);
    assert.equal(response.status(), 200);
    const seen = await response.json();
    const category = await card.locator('select').inputValue();
    const ofKind = (list) => list.items.filter((row) => (row.category ?? '').startsWith(category)).length;
    await page.waitForFunction(
        () => document.querySelector('#card-balance .note[aria-live]')?.textContent !== 'Looking…',
    );
    const words = await said.textContent();
    if (seen.moves.length > 0) {
        assert.ok(words.startsWith(`${ofKind(seen.after)} of the first ${seen.after.items.length}`), words);
        assert.ok(words.includes(`${ofKind(seen.before)} before`), words);
    } else {
        assert.match(words, /Nothing changes|would not act/);
    }
    const rules = async () => (await (await f.server.get('rules')).json()).rules;
    assert.deepEqual(await rules(), [], 'a preview makes no rule');

    await card.locator('.button', { hasText: 'Apply' }).click();
    await card.locator('h3', { hasText: '1 rule now' }).waitFor();
    assert.deepEqual((await rules()).map((rule) => [rule.action, rule.what, rule.name]), [['boost', 'category', category]]);
    await card.locator('.button', { hasText: 'Undo' }).click();
    await card.locator('h3', { hasText: 'No rule acts now' }).waitFor();
    assert.deepEqual(await rules(), []);
    assert.deepEqual(page.wrong, []);
});

test('a category that the shop does not have says so, with a way back', { skip: f.skip }, async () => {
    for (const name of PAGES) {
        const page = await openPage(f.browser);
        await open(page, `${f.server.url}/#/${name}?category=Kites`);
        assert.equal(await page.locator('.card [role="alert"]').count(), 0, `${name}: no card failed`);
        if (name !== 'recommendations') {
            assert.match(await page.locator('h1').textContent(), /no category “Kites”/, name);
            await page.locator('.lead .button', { hasText: 'Show all categories' }).click();
            await settled(page);
            assert.equal(await page.locator('.chip').count(), 0);
            assert.deepEqual(await flaws(page), [], name);
        }
        await page.context().close();
    }
});
