// Every page in every palette, at the widths of a phone, a desk and a wall: nothing fails, nothing sticks out, nothing
// that a screen reader stumbles over. With SHOTS=DIR the pictures are kept.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { axe, fixture, flaws, open, openPage, PAGES, smallShop, THEMES } from './lib.mjs';

const f = fixture(smallShop);
const full = process.env.FULL === '1';

// Each width in one palette, each palette at one width; all of them in the slow suite.
function views() {
    const all = [];
    for (const [palette, mode] of THEMES) {
        for (const width of [390, 1280, 2560]) {
            if (full || width === 1280 || (palette === 'autumn' && mode === 'light')) {
                all.push({ palette, mode, width });
            }
        }
    }
    return all;
}

for (const name of PAGES) {
    test(`${name} stands in all palettes and widths`, { skip: f.skip }, async () => {
        for (const view of views()) {
            const page = await openPage(f.browser, view);
            await open(page, `${f.server.url}/#/${name}`);
            const label = `${name} ${view.palette} ${view.mode} ${view.width}`;
            if (process.env.SHOTS) {
                fs.mkdirSync(process.env.SHOTS, { recursive: true });
                await page.screenshot({ path: path.join(process.env.SHOTS, `${label.replaceAll(' ', '-')}.png`), fullPage: true });
            }
            assert.deepEqual(await flaws(page), [], label);
            assert.deepEqual(await axe(page), [], label);
            assert.deepEqual(page.wrong, [], label);
            await page.context().close();
        }
    });
}
