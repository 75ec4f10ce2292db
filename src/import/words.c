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

/* Punctuation and blanks of any script: "¿Existencias?", "Classe d’expédition". */
static bool is_mark(utf8proc_int32_t code)
{
    utf8proc_category_t category = code < 0x80 ? UTF8PROC_CATEGORY_LL : utf8proc_category(code);
    return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_ZP;
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
        if (is_mark(code)) {
            code = '_';
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
    static const char *const words[] = {"-",
                                        "--",
                                        "---",
                                        "\xE2\x80\x94",
                                        "\xE2\x80\x93",
                                        "na",
                                        "n/a",
                                        "\\N",
                                        "(not set)",
                                        "nan",
                                        "nat",
                                        "null",
                                        "none",
                                        "nil",
                                        "(null)",
                                        "(none)",
                                        "<null>",
                                        "<na>",
                                        "#n/a",
                                        "#nv",
                                        "#value!",
                                        "#wert!",
                                        "#ref!",
                                        "#bezug!",
                                        "#name?",
                                        "#null!",
                                        "#div/0!",
                                        "undefined",
                                        "?",
                                        "not available",
                                        "not applicable"};
    vt_str trimmed = text.ptr == NULL ? text : vt_trim(text);
    return trimmed.len == 0 || (trimmed.len < 15 && strchr("-\xE2nN\\(<#uU?", trimmed.ptr[0]) != NULL &&
                                one_of(trimmed, words, sizeof words / sizeof words[0]));
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
    static const char *const words[] = {"1",         "true", "yes",  "y",         "t",    "ja",   "oui", "si",
                                        "s\xC3\xAD", "wahr", "vrai", "verdadero", "vero", "waar", "on"};
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

/* ---- stock ------------------------------------------------------------------------------------------------------- */

static const meaning stocks[] = {
    {"out_of_stock outofstock out sold_out soldout unavailable not_available not_in_stock discontinued ausverkauft "
     "nicht_vorratig nicht_lieferbar nicht_verfugbar rupture_de_stock en_rupture epuise agotado sin_existencias "
     "non_disponibile esaurito niet_op_voorraad uitverkocht",
     VT_STOCK_OUT},
    {"in_stock instock available in_store limited low_stock limited_availability auf_lager lagernd vorratig lieferbar "
     "verfugbar en_stock disponible en_existencia hay_existencias disponibile op_voorraad beschikbaar leverbaar",
     VT_STOCK_THERE},
    {"backorder backorders on_backorder onbackorder available_for_backorder preorder pre_order unlimited infinite "
     "endless made_to_order on_demand unbegrenzt illimite ilimitado illimitato onbeperkt",
     VT_STOCK_OPEN},
};

vt_stock_word vt_word_stock(vt_str text)
{
    char key[VT_WORD_BYTES];
    int word = VT_STOCK_NO_WORD;
    vt_word_key(key, sizeof key, text);
    return find(&word, stocks, sizeof stocks / sizeof stocks[0], key) ? (vt_stock_word)word : VT_STOCK_NO_WORD;
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

static const meaning events[] = {
    {"view views viewed pageview page_view pageviews pv view_item item_view item_viewed viewed_item detail details "
     "detail_view details_view detail_page_view product_detail_view product_detail product_details product_view "
     "product_views productview product_viewed viewed_product view_product view_details view_detail productdetail "
     "viewcontent view_content content_view quick_view quickview product_page_view visit visited read browse browsed "
     "screen_view gesehen ansicht angesehen",
     VT_EVENT_VIEW},
    {"cart addtocart add_to_cart added_to_cart adds_to_cart atc add basket addtobasket add_to_basket added_to_basket "
     "basket_add add_to_bag addtobag added_to_bag bag cart_add add_cart addcart cart_addition carted product_added "
     "product_added_to_cart item_added_to_cart warenkorb in_den_warenkorb",
     VT_EVENT_CART},
    {"purchase purchases purchased product_purchased item_purchase item_purchased buy buys bought order ordered orders "
     "order_completed ordercompleted completed_order order_complete complete_order order_placed placed_order "
     "place_order order_created order_paid paid sale sales sold transaction transactions purchase_complete "
     "purchase_completed purchasecompleted complete_purchase completepurchase completed_purchase checkout_completed "
     "checkout_complete complete_checkout ecommerce_purchase in_app_purchase payment conversion kauf gekauft",
     VT_EVENT_PURCHASE},
    {"return returned returns refund refunds refunded order_refunded product_returned product_refunded retoure",
     VT_EVENT_RETURN},
    {"rating ratings rate rated review reviews reviewed product_reviewed bewertung", VT_EVENT_RATING},
    {"like liked likes fav favs favorite favourite favorites favourites favorited add_to_favorites addtofavorites "
     "wish wishes wishlist wishlisted wishlist_add add_to_wishlist addtowishlist added_to_wishlist "
     "product_added_to_wishlist save saved star starred bookmark bookmarked heart thumbs_up thumbsup upvote merkzettel",
     VT_EVENT_LIKE},
    {"dislike disliked dislikes thumbs_down thumbsdown downvote hide", VT_EVENT_DISLIKE},
    {"impression impressions impressed imp view_item_list product_impression product_list_viewed show shown displayed",
     VT_EVENT_IMPRESSION},
    {"click clicks clicked clk select_item select_content item_click click_item clickout product_click product_clicked "
     "klick",
     VT_EVENT_CLICK},
    {"ignore remove removed unlike unliked remove_from_cart removefromcart remove_from_basket removed_from_cart "
     "cart_remove product_removed product_removed_from_cart remove_from_wishlist removefromwishlist "
     "product_removed_from_wishlist begin_checkout initiate_checkout initiatecheckout start_checkout checkout_started "
     "checkout_start checkout_step checkout_progress checkout_step_viewed checkout_option add_payment_info "
     "addpaymentinfo payment_info_entered add_shipping_info set_checkout_option view_cart viewcart cart_viewed "
     "cart_view shopping_cart_page_view home_page_view category_page_view category_view category_viewed "
     "product_list_view session_start session_end first_visit first_open scroll user_engagement search searched "
     "view_search_results products_searched view_promotion select_promotion promotion_viewed promotion_clicked "
     "share shared login logout log_in log_out signup sign_up register complete_registration completeregistration "
     "subscribe generate_lead lead file_download video_start video_progress video_complete",
     VT_WORD_LEFT_OUT},
    {"checkout checkouts check_out", VT_WORD_CHECKOUT},
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
    {"completed complete processing on_hold onhold paid sold shipped partially_shipped delivered closed fulfilled done "
     "partially_refunded partial_refunded partially_returned partially_paid authorized invoiced approved confirmed "
     "payment_accepted payment_received processing_in_progress preparation_in_progress accepted success successful "
     "sent dispatched in_progress in_transit picked_up ready ready_for_pickup remote_payment_accepted "
     "on_backorder_paid "
     "abgeschlossen fertiggestellt erledigt in_bearbeitung wird_bearbeitet in_wartestellung wartend bezahlt versendet "
     "versandt verschickt geliefert zugestellt bestatigt teilweise_erstattet teilerstattet teilweise_ruckerstattet "
     "zahlung_eingegangen zahlung_erhalten zahlung_akzeptiert "
     "terminee termine en_cours en_cours_de_traitement traitement_en_cours en_attente payee paye expediee expedie "
     "livree livre paiement_accepte partiellement_remboursee partiellement_rembourse en_cours_de_preparation "
     "preparation_en_cours confirmee confirme "
     "completado completada procesando en_proceso en_espera pagado pagada enviado enviada entregado entregada "
     "pago_aceptado parcialmente_reembolsado parcialmente_reembolsada confirmado confirmada preparacion_en_curso "
     "completato completata in_lavorazione in_sospeso pagato pagata spedito spedita consegnato consegnata "
     "pagamento_accettato parzialmente_rimborsato parzialmente_rimborsata confermato confermata evaso "
     "preparazione_in_corso "
     "afgerond voltooid verwerken in_verwerking wordt_verwerkt in_behandeling in_de_wacht in_wacht betaald verzonden "
     "bezorgd geleverd betaling_aanvaard gedeeltelijk_terugbetaald deels_terugbetaald bevestigd "
     "bezig_met_voorbereiding",
     VT_ORDER_SOLD},
    {"open failed trash draft checkout_draft auto_draft pending pending_payment payment_pending awaiting_payment "
     "unpaid "
     "waiting_for_payment awaiting_check_payment awaiting_bank_wire_payment payment_error payment_failed "
     "payment_review holded expired created unavailable abandoned declined rejected "
     "zahlung_ausstehend ausstehend ausstehende_zahlung wartet_auf_zahlung zahlung_erforderlich zahlungsfehler "
     "unbezahlt offen fehlgeschlagen entwurf "
     "attente_paiement attente_de_paiement en_attente_de_paiement paiement_en_attente "
     "en_attente_de_paiement_par_cheque en_attente_du_paiement_par_cheque en_attente_de_virement_bancaire "
     "en_attente_du_paiement_par_virement en_attente_de_paiement_par_virement non_payee echouee echoue "
     "erreur_de_paiement brouillon "
     "pendiente pendiente_de_pago pago_pendiente en_espera_de_pago fallido fallida error_en_pago borrador "
     "in_attesa_di_pagamento in_attesa pagamento_in_attesa in_attesa_del_pagamento fallito fallita bozza "
     "errore_di_pagamento "
     "wachtend_op_betaling wacht_op_betaling wachten_op_betaling in_afwachting_van_betaling in_afwachting openstaand "
     "onbetaald te_betalen mislukt betalingsfout concept",
     VT_ORDER_OPEN},
    {"cancelled canceled cancelled_by_customer cancelled_by_user voided void chargeback charged_back "
     "storniert abgebrochen abgesagt annulliert annulee annule cancelado cancelada anulado anulada annullato annullata "
     "cancellato cancellata geannuleerd",
     VT_ORDER_CANCELLED},
    {"refunded returned fully_refunded refund erstattet zuruckerstattet zurueckerstattet ruckerstattet rueckerstattet "
     "retourniert remboursee rembourse retournee reembolsado reembolsada devuelto devuelta rimborsato rimborsata "
     "restituito reso terugbetaald gerestitueerd geretourneerd",
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
