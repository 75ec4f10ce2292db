// Rules of what lists show: made from an action or a slider, said in words.
import { text, type Row } from '../../data/document';
import type { ListRow, Preview, Rule } from '../../data/answers';

export const RULE_DAYS = 30;

/** The rule that an action of placement makes; it ends by itself. */
export function ruleOf(row: Row, now: Date, page: string | null): Rule {
    const rule: Rule = {
        action: 'boost',
        what: 'item',
        name: text(row, 'kind') === 'bundle' ? text(row, 'other') : text(row, 'item'),
        factor: 2,
        until: new Date(now.getTime() + RULE_DAYS * 86_400_000).toISOString().slice(0, 19) + 'Z',
        note: text(row, 'what'),
    };
    return page === null ? rule : { ...rule, page };
}

/** −3 … 3 of the slider: a factor of the relevance, 1 in the middle. */
export function factorOf(strength: number): { action: 'boost' | 'bury'; factor: number } | null {
    const factors = [1, 1.5, 2, 4];
    const factor = factors[Math.abs(strength)];
    return strength === 0 || factor === undefined ? null : { action: strength > 0 ? 'boost' : 'bury', factor };
}

/** What a preview shows, in words: how many places change, and what of the chosen kind is among the first. */
export function previewSentence(seen: Preview, isChosen: (row: ListRow) => boolean): string {
    if (seen.idle) {
        return `The rule would not act: ${seen.idle}.`;
    }
    const before = seen.before.items.filter(isChosen).length;
    const after = seen.after.items.filter(isChosen).length;
    const moved = seen.moves.length;
    return moved === 0
        ? 'Nothing changes in what a new visitor sees first.'
        : `${after} of the first ${seen.after.items.length} are of this kind, ${before} before; ${moved} ${moved === 1 ? 'product changes' : 'products change'} place.`;
}

/** A rule as one says it. */
export function ruleWords(rule: Rule, title: string): string {
    const strength = rule.factor ?? 2;
    const verbs: Record<Rule['action'], string> = {
        boost: `Show ${title} more (${strength}×)`,
        bury: `Show ${title} less (${strength}×)`,
        pin: `Keep ${title} at place ${rule.position ?? 1}`,
        block: `Never show ${title}`,
    };
    return `${verbs[rule.action]}${rule.page ? `, in lists of ${rule.page}` : ''}${rule.segment ? `, for ${rule.segment}` : ''}`;
}
