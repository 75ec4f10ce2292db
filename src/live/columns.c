/* What a row is in which nothing is given. */
#include "live/columns.h"

static void clear_item(void *block, size_t at)
{
    vt_item_block *b = block;
    b->price[at] = b->cost[at] = b->stock[at] = VT_NONE;
    b->available_from[at] = b->available_until[at] = VT_NONE;
    b->count[at] = 0;
    b->category[at] = b->brand[at] = -1;
    b->title[at] = b->image[at] = vt_str_of("");
    b->attributes[at] = NULL;
}

static void clear_user(void *block, size_t at)
{
    vt_user_block *b = block;
    b->attributes[at] = NULL;
}

const vt_block_kind vt_item_blocks = {sizeof(vt_item_block), clear_item};
const vt_block_kind vt_user_blocks = {sizeof(vt_user_block), clear_user};
