/* Tables of words, each written as vt_word_key() writes it. */
#include "import/words.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "base/number.h"

enum { MAPPED = 256 /* bytes of a key before it is cut */ };

static size_t write_key(char *out, size_t size, const char *text, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len && n + 1 < size; i++) {
        char c = text[i];
        if (c >= 'A' && c <= 'Z') {
            c = (char)(c - 'A' + 'a');
        }
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || ((unsigned char)c & 0x80U) != 0;
        if (word) {
            out[n++] = c;
        } else if (n > 0 && out[n - 1] != '_') {
            out[n++] = '_';
        }
    }
    while (n > 0 && out[n - 1] == '_') {
        n--;
    }
    out[n] = '\0';
    return n;
}

/* Small letters without their accents, character by character; false for what is no UTF-8 or too long. */
static bool fold(char out[MAPPED], size_t *len, vt_str text)
{
    const int options = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD;
    size_t n = 0;
    for (size_t i = 0; i < text.len;) {
        utf8proc_int32_t code = 0;
        utf8proc_int32_t folded[16];
        int boundary = 0;
        utf8proc_ssize_t used =
            utf8proc_iterate((const utf8proc_uint8_t *)text.ptr + i, (utf8proc_ssize_t)(text.len - i), &code);
        if (used <= 0) {
            return false;
        }
        utf8proc_ssize_t count = utf8proc_decompose_char(code, folded, 16, (utf8proc_option_t)options, &boundary);
        for (utf8proc_ssize_t k = 0; k < count && k < 16; k++) {
            if (n + 4 > MAPPED) {
                return false;
            }
            n += (size_t)utf8proc_encode_char(folded[k], (utf8proc_uint8_t *)out + n);
        }
        i += (size_t)used;
    }
    *len = n;
    return true;
}

void vt_word_key(char *out, size_t size, vt_str text)
{
    char folded[MAPPED];
    size_t len = 0;
    if (vt_ascii(text) || !fold(folded, &len, text)) {
        write_key(out, size, text.ptr, text.len);
    } else {
        write_key(out, size, folded, len);
    }
}

static bool same(vt_str a, const char *b)
{
    size_t len = strlen(b);
    return a.len == len && strncasecmp(a.ptr, b, len) == 0;
}

static bool one_of(vt_str text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (same(text, words[i])) {
            return true;
        }
    }
    return false;
}

bool vt_word_nothing(vt_str text)
{
    static const char *const words[] = {"-",   "\xE2\x80\x94", "\xE2\x80\x93", "na",   "n/a",
                                        "\\N", "nan",          "nat",          "null", "none",
                                        "nil", "(null)",       "#n/a",         "<na>", "undefined"};
    vt_str trimmed = text.ptr == NULL ? text : vt_trim(text);
    return trimmed.len == 0 || (trimmed.len < 10 && one_of(trimmed, words, sizeof words / sizeof words[0]));
}

bool vt_word_no_time(vt_str text)
{
    static const char *const days[] = {"0000-00-00", "0001-01-01"};
    vt_str trimmed = text.ptr == NULL ? text : vt_trim(text);
    for (size_t i = 0; i < 2 && trimmed.len >= 10; i++) {
        if (memcmp(trimmed.ptr, days[i], 10) == 0) {
            return true;
        }
    }
    return false;
}

bool vt_word_yes(vt_str text)
{
    static const char *const words[] = {"1", "true", "yes", "y", "t", "ja", "oui", "si", "wahr", "vrai"};
    return text.ptr != NULL && one_of(vt_trim(text), words, sizeof words / sizeof words[0]);
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

typedef struct meaning {
    const char *words; /* a blank between them */
    int value;
} meaning;

static bool listed(const char *words, const char *key)
{
    size_t len = strlen(key);
    while (*words != '\0') {
        size_t word = strcspn(words, " ");
        if (word == len && memcmp(words, key, len) == 0) {
            return true;
        }
        words += word + (words[word] == ' ');
    }
    return false;
}

static bool find(int *out, const meaning *table, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++) {
        if (listed(table[i].words, key)) {
            *out = table[i].value;
            return true;
        }
    }
    return false;
}

/* The next "word=value" of a map; false at its end. */
static bool next_entry(const char **map, vt_str *word, vt_str *value)
{
    if (*map == NULL || **map == '\0') {
        return false;
    }
    size_t len = strcspn(*map, ",");
    const char *equals = memrchr(*map, '=', len);
    *word = vt_trim((vt_str){*map, equals == NULL ? len : (size_t)(equals - *map)});
    *value = equals == NULL ? (vt_str){NULL, 0} : vt_trim((vt_str){equals + 1, len - (size_t)(equals + 1 - *map)});
    *map += len + ((*map)[len] == ',');
    return true;
}

/* What the caller's map says of a word; false when it says nothing. */
static bool mapped(int *out, const char *map, const char *key, int (*value_of)(vt_str name))
{
    char other[VT_WORD_BYTES];
    vt_str word;
    vt_str value;
    while (next_entry(&map, &word, &value)) {
        vt_word_key(other, sizeof other, word);
        if (strcmp(other, key) == 0) {
            *out = value_of(value);
            return true;
        }
    }
    return false;
}

static int check_map(const char *map, int (*value_of)(vt_str name), int unknown, const char *values, vt_error *err)
{
    vt_str word;
    vt_str value;
    while (next_entry(&map, &word, &value)) {
        if (word.len == 0 || value.ptr == NULL || value_of(value) == unknown) {
            return vt_fail(err, VT_ERR_USAGE, "\"%.*s=%.*s\" is no WORD=%s", VT_STR_ARGS(word),
                           value.ptr == NULL ? 0 : (int)value.len, value.ptr == NULL ? "" : value.ptr, values);
        }
    }
    return VT_OK;
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

static const meaning events[] = {
    {"view views viewed pageview page_view pv view_item detail details product_view productview product_viewed "
     "viewed_product product_detail view_product item_view viewcontent view_content visit read browse",
     VT_EVENT_VIEW},
    {"cart addtocart add_to_cart added_to_cart basket add_to_basket addtobasket cart_add product_added "
     "product_added_to_cart",
     VT_EVENT_CART},
    {"purchase purchases purchased buy bought order ordered orders sale sold transaction order_completed placed_order "
     "checkout_completed ecommerce_purchase",
     VT_EVENT_PURCHASE},
    {"return returned returns refund refunded", VT_EVENT_RETURN},
    {"rating rate rated review reviewed", VT_EVENT_RATING},
    {"like liked likes fav favorite favourite favorites wishlist add_to_wishlist addtowishlist star bookmark heart "
     "thumbs_up upvote",
     VT_EVENT_LIKE},
    {"dislike disliked thumbs_down downvote", VT_EVENT_DISLIKE},
    {"impression impressions impressed view_item_list show shown", VT_EVENT_IMPRESSION},
    {"click clicks clicked select_item select_content clk product_clicked", VT_EVENT_CLICK},
    {"ignore remove_from_cart removefromcart product_removed begin_checkout add_payment_info add_shipping_info "
     "view_cart "
     "session_start first_visit scroll user_engagement search view_search_results view_promotion select_promotion "
     "login "
     "sign_up",
     VT_WORD_LEFT_OUT},
};

static int event_named(vt_str name)
{
    for (int kind = 0; kind < VT_EVENT_KINDS; kind++) {
        if (same(name, vt_event_kind_name(kind))) {
            return kind;
        }
    }
    return same(name, "ignore") ? VT_WORD_LEFT_OUT : VT_WORD_UNKNOWN;
}

int vt_word_event(vt_str text, const char *map)
{
    char key[VT_WORD_BYTES];
    int kind = VT_WORD_UNKNOWN;
    vt_word_key(key, sizeof key, text);
    if (!mapped(&kind, map, key, event_named)) {
        find(&kind, events, sizeof events / sizeof events[0], key);
    }
    return kind;
}

int vt_word_event_map_check(const char *map, vt_error *err)
{
    return check_map(map, event_named, VT_WORD_UNKNOWN,
                     "KIND; the kinds are view, cart, purchase, return, rating, like, dislike, impression, click and "
                     "ignore",
                     err);
}

/* ---- orders ------------------------------------------------------------------------------------------------------ */

static const meaning orders[] = {
    {"completed complete processing on_hold paid sold shipped delivered closed fulfilled partially_refunded "
     "partially_paid authorized invoiced approved payment_accepted processing_in_progress "
     "abgeschlossen fertiggestellt in_bearbeitung in_wartestellung wartend bezahlt versendet geliefert "
     "terminee termine en_cours en_attente payee paye expediee expedie livree livre paiement_accepte "
     "completado procesando en_espera pagado enviado entregado pago_aceptado "
     "completato in_lavorazione in_sospeso pagato spedito consegnato pagamento_accettato "
     "afgerond voltooid verwerken in_behandeling in_de_wacht betaald verzonden bezorgd betaling_aanvaard",
     VT_ORDER_SOLD},
    {"open failed trash draft checkout_draft auto_draft pending pending_payment payment_pending expired created "
     "unavailable "
     "zahlung_ausstehend ausstehend fehlgeschlagen entwurf "
     "attente_paiement en_attente_de_paiement echouee echoue brouillon "
     "pendiente pendiente_de_pago pago_pendiente fallido borrador "
     "in_attesa_di_pagamento in_attesa fallito bozza "
     "wachtend_op_betaling wacht_op_betaling mislukt concept",
     VT_ORDER_OPEN},
    {"cancelled canceled voided void chargeback "
     "storniert abgebrochen annulee annule cancelado cancelada annullato annullata geannuleerd",
     VT_ORDER_CANCELLED},
    {"refunded returned erstattet zuruckerstattet ruckerstattet remboursee rembourse reembolsado reembolsada "
     "rimborsato "
     "rimborsata terugbetaald",
     VT_ORDER_REFUNDED},
};

static int state_named(vt_str name)
{
    return same(name, "sold")        ? VT_ORDER_SOLD
           : same(name, "open")      ? VT_ORDER_OPEN
           : same(name, "cancelled") ? VT_ORDER_CANCELLED
           : same(name, "refunded")  ? VT_ORDER_REFUNDED
                                     : VT_ORDER_UNKNOWN;
}

vt_order_state vt_word_order(vt_str text, const char *map)
{
    char key[VT_WORD_BYTES];
    int state = VT_ORDER_UNKNOWN;
    vt_word_key(key, sizeof key, text);
    const char *word = strncmp(key, "wc_", 3) == 0 ? key + 3 : key; /* how WooCommerce keeps it */
    if (!mapped(&state, map, key, state_named) && !mapped(&state, map, word, state_named)) {
        find(&state, orders, sizeof orders / sizeof orders[0], word);
    }
    return (vt_order_state)state;
}

int vt_word_order_map_check(const char *map, vt_error *err)
{
    return check_map(map, state_named, VT_ORDER_UNKNOWN, "STATE; the states are sold, open, cancelled and refunded",
                     err);
}
