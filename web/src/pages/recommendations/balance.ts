// What would you rather show? A rule in words: what, how strongly, how long; looked at before it acts. Below, the rules
// that act now.
import { itemPath, type Item, type Preview, type Result, type Rule, type Rules } from '../../data/answers';
import type { CardSpec, Context } from '../../ui/card';
import { clear, freshId, h } from '../../ui/dom';
import { icon } from '../../ui/icons';
import { thing } from '../../ui/thing';
import { say } from '../../ui/tooltip';
import { dayText } from '../../words/numbers';
import { factorOf, previewSentence, RULE_DAYS, ruleWords } from './rules';

const PLACES = 12;
const UNDO_SECONDS = 10;

function whenWords(rule: Rule): string {
    return typeof rule.until === 'string' ? `until ${dayText(rule.until)}` : 'without an end';
}

class Balance {
    readonly node = h('div', { class: 'balance' });
    private readonly said = h('p', { class: 'note', 'aria-live': 'polite' });
    private readonly acting = h('div', { class: 'acting', 'aria-live': 'polite' });
    private readonly writes: boolean;

    constructor(private readonly context: Context) {
        this.writes = context.source.send !== null && context.meta.scopes.includes('write');
        if (context.meta.categories.length > 0) {
            this.draw();
        } else {
            const words = 'Once products of a category are sold, you can show more of it here, or less.';
            clear(this.node, h('p', { class: 'note' }, words), this.acting);
        }
        void this.drawRules();
    }

    private draw(): void {
        const context = this.context;
        const strengthId = freshId('strength');
        const kind = h(
            'select',
            { 'aria-label': 'Category' },
            ...context.meta.categories.map((name) => h('option', { value: name }, name)),
        );
        const strength = h('input', { type: 'range', id: strengthId, min: '-3', max: '3', step: '1', value: '1' });
        const words = ['much less', 'less', 'a little less', 'as now', 'a little more', 'more', 'much more'];
        const tell = (): void => strength.setAttribute('aria-valuetext', words[Number(strength.value) + 3] ?? '');
        strength.addEventListener('input', tell);
        tell();
        const rule = (): Rule | null => {
            const how = factorOf(Number(strength.value));
            return how === null
                ? null
                : {
                      action: how.action,
                      factor: how.factor,
                      what: 'category',
                      name: kind.value,
                      until: `${new Date(Date.now() + RULE_DAYS * 86_400_000).toISOString().slice(0, 19)}Z`,
                  };
        };
        clear(
            this.node,
            h('label', { class: 'balance-kind' }, h('span', null, 'Show'), kind),
            h(
                'div',
                { class: 'slider' },
                h('div', { class: 'slider-ends' }, h('label', { for: strengthId }, 'Less'), h('span', null, 'More')),
                strength,
            ),
            this.said,
            h(
                'div',
                { class: 'buttons' },
                h(
                    'button',
                    { type: 'button', class: 'button', onClick: () => void this.preview(rule()) },
                    icon('eye'),
                    'Preview',
                ),
                h(
                    'button',
                    { type: 'button', class: 'button primary', onClick: () => void this.apply(rule()) },
                    'Apply',
                ),
            ),
            h(
                'p',
                { class: 'note' },
                `It acts for ${RULE_DAYS} days, in all lists. Preview shows what a new visitor sees.`,
            ),
            this.acting,
        );
        if (!this.writes) {
            for (const button of this.node.querySelectorAll<HTMLButtonElement>('.button')) {
                button.disabled = true;
            }
            this.said.textContent =
                context.source.send === null
                    ? 'A report changes nothing: this needs the server.'
                    : 'This needs a key with the scope “write”.';
        }
    }

    private async preview(rule: Rule | null): Promise<void> {
        if (rule === null) {
            this.said.textContent = 'As now: move the slider.';
            return;
        }
        this.said.textContent = 'Looking…';
        try {
            const seen = (await this.context.source.send?.('POST', `rules/preview?n=${PLACES}`, rule)) as Preview;
            this.said.textContent = previewSentence(seen, (row) => (row.category ?? '').startsWith(rule.name));
        } catch (error) {
            this.said.textContent = error instanceof Error ? error.message : String(error);
        }
    }

    private async apply(rule: Rule | null): Promise<void> {
        if (rule === null) {
            this.said.textContent = 'As now: move the slider.';
            return;
        }
        try {
            const made = (await this.context.source.send?.('POST', 'rules', rule)) as Result;
            await this.drawRules();
            this.undo(`${ruleWords(rule, rule.name)}: it acts from the next list on.`, async () => {
                await this.context.source.send?.('DELETE', `rules/${encodeURIComponent(made.id ?? '')}`, undefined);
            });
        } catch (error) {
            this.said.textContent = error instanceof Error ? error.message : String(error);
        }
    }

    private undo(words: string, back: () => Promise<void>): void {
        say(words);
        const button = h('button', { type: 'button', class: 'button' }, icon('rotate-left'), 'Undo');
        clear(this.said, words, ' ', button);
        const timer = window.setTimeout(() => button.remove(), UNDO_SECONDS * 1000);
        button.addEventListener('click', () => {
            window.clearTimeout(timer);
            void back()
                .then(() => {
                    this.said.textContent = 'Undone: all is as it was.';
                    return this.drawRules();
                })
                .catch((error: unknown) => {
                    this.said.textContent = error instanceof Error ? error.message : String(error);
                });
        });
    }

    private async drawRules(): Promise<void> {
        const seesRules = this.context.meta.scopes.some((scope) => scope === 'write' || scope === 'report');
        if (this.context.source.send === null || !seesRules) {
            return;
        }
        try {
            const { rules } = await this.context.source.get<Rules>('rules', {});
            const rows = await Promise.all(rules.slice(0, 20).map((rule) => this.ruleRow(rule)));
            clear(
                this.acting,
                h(
                    'h3',
                    null,
                    rows.length === 0
                        ? 'No rule acts now'
                        : `${rules.length} ${rules.length === 1 ? 'rule' : 'rules'} now`,
                ),
                ...rows,
            );
        } catch {
            clear(this.acting); // the slider stands all the same
        }
    }

    private async ruleRow(rule: Rule): Promise<HTMLElement> {
        let title: string = rule.name;
        if (rule.what === 'item') {
            try {
                title = (await this.context.source.get<Item>(itemPath(rule.name), {})).title ?? rule.name;
            } catch {
                title = rule.name;
            }
        }
        const words = ruleWords(rule, title);
        return h(
            'div',
            { class: 'rule' },
            rule.what === 'item'
                ? thing(this.context, rule.name, words, whenWords(rule))
                : h('span', { dir: 'auto' }, words, h('span', { class: 'sub' }, whenWords(rule))),
            this.writes &&
                h(
                    'button',
                    {
                        type: 'button',
                        class: 'tool',
                        title: 'Remove the rule',
                        'aria-label': `Remove: ${words}`,
                        onClick: () => void this.remove(rule, words),
                    },
                    icon('xmark'),
                ),
        );
    }

    private async remove(rule: Rule, words: string): Promise<void> {
        const path = `rules/${encodeURIComponent(rule.id ?? '')}`;
        try {
            await this.context.source.send?.('DELETE', path, undefined);
            await this.drawRules();
            this.undo(`Removed: ${words}.`, async () => {
                const { made_at: _made, changed_at: _changed, ...kept } = rule;
                await this.context.source.send?.('PUT', path, kept);
            });
        } catch (error) {
            this.said.textContent = error instanceof Error ? error.message : String(error);
        }
    }
}

export const balanceCard: CardSpec = {
    id: 'balance',
    span: 4,
    question: 'What would you rather show?',
    defines: [],
    needs: [],
    render(_docs, context) {
        return {
            finding: 'Your shop, your balance',
            note: 'Preview before you apply.',
            body: () => new Balance(context).node,
        };
    },
};
