// Names of products in places that are shorter than they are.

/** The last level of a category: "Jackets" of "Clothing > Jackets". */
export function leafOf(category: string): string {
    return category.split(' > ').pop() ?? '';
}

const LONGEST_WORD = 30; /* letters */

/** A title of at most `most` letters: cut between words, never within one, with an ellipsis. */
export function shortTitle(title: string, most = 40): string {
    const plain = title.replace(/\s+/g, ' ').trim();
    if (plain.length <= most) {
        return plain;
    }
    const cut = plain.slice(0, most);
    const space = cut.lastIndexOf(' ');
    // A first word longer than the place is shown whole, since half a word says nothing; one without end is cut.
    const first = plain.split(' ')[0] ?? plain;
    const words =
        space > 0 ? cut.slice(0, space) : first.slice(0, first.length > LONGEST_WORD ? Math.max(most, 1) : undefined);
    return `${words.replace(/[\s,;:(–-]+$/, '')}…`;
}
