/*
 * WooCommerce's exports. Each row of the product export is an item, under its SKU where it has one, else under its
 * ID; a variation takes from its parent what it does not say itself. Orders come from several export plug-ins, one
 * row an article: their columns are found by the names these use.
 */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/number.h"
#include "import/cells.h"
#include "import/packed_lines.h"
#include "import/recognise.h"
#include "import/shop_files.h"
#include "import/text.h"

enum {
    P_ID,
    P_TYPE,
    P_SKU,
    P_NAME,
    P_SHORT,
    P_DESCRIPTION,
    P_STOCK,
    P_IN_STOCK,
    P_BACKORDERS,
    P_PUBLISHED,
    P_SALE_FROM,
    P_SALE_UNTIL,
    P_SALE,
    P_REGULAR,
    P_CATEGORIES,
    P_TAGS,
    P_IMAGES,
    P_PARENT,
    P_BRAND,
    P_COST,
    PRODUCT_FIELDS
};

/*
 * English, then German, French, Spanish, Italian and Dutch, as the exporter's translations of several years have its
 * header.
 */
static const vt_column_field product_fields[PRODUCT_FIELDS] = {
    [P_ID] = {"id", "product_id", VT_CELL_ID, false},
    [P_TYPE] = {"type", "typ tipo product_type tax_product_type", VT_CELL_TEXT, false},
    [P_SKU] = {"sku", "artikelnummer art_nr ugs reference referencia cod codice", VT_CELL_ID, false},
    [P_NAME] = {"name", "nom nombre nome naam post_title", VT_CELL_TEXT, false},
    [P_SHORT] = {"short_description",
                 "kurzbeschreibung description_courte descripcion_corta breve_descrizione descrizione_breve "
                 "korte_beschrijving korte_omschrijving post_excerpt",
                 VT_CELL_TEXT, false},
    [P_DESCRIPTION] = {"description", "beschreibung descripcion descrizione beschrijving omschrijving post_content",
                       VT_CELL_TEXT, false},
    [P_STOCK] = {"stock",
                 "lager bestand lagerbestand lagermenge stock_quantity inventario cantidad_en_inventario magazzino "
                 "giacenza voorraad",
                 VT_CELL_NUMBER, false},
    [P_IN_STOCK] = {"in_stock",
                    "vorratig auf_lager lagerstatus en_stock existencias hay_existencias en_inventario "
                    "esta_en_inventario disponibile in_magazzino op_voorraad stock_status",
                    VT_CELL_TEXT, false},
    [P_BACKORDERS] = {"backorders_allowed",
                      "backorders lieferruckstande_erlaubt ruckstande_erlaubt lieferruckstand_erlaubt "
                      "autoriser_les_commandes_de_produits_en_rupture autoriser_les_reapprovisionnements "
                      "permitir_reservas_de_productos_agotados permitir_reservas se_permiten_reservas "
                      "abilita_gli_ordini_arretrati ordini_arretrati_permessi ordini_arretrati_consentiti "
                      "nabestellingen_toestaan nabestellingen_toegestaan",
                      VT_CELL_TEXT, false},
    [P_PUBLISHED] = {"published", "veroffentlicht publie publicado pubblicato gepubliceerd post_status", VT_CELL_TEXT,
                     false},
    [P_SALE_FROM] =
        {"date_sale_price_starts",
         "datum_an_dem_angebotspreis_beginnt datum_an_dem_der_angebotspreis_beginnt angebotspreis_gultig_ab "
         "date_de_debut_de_promo dia_en_que_empieza_el_precio_rebajado "
         "data_di_partenza_del_prezzo_in_saldo data_di_inizio_del_prezzo_in_offerta "
         "startdatum_actieprijs sale_price_dates_from",
         VT_CELL_TIME, false},
    [P_SALE_UNTIL] = {"date_sale_price_ends",
                      "datum_an_dem_angebotspreis_endet datum_an_dem_der_angebotspreis_endet "
                      "angebotspreis_gultig_bis date_de_fin_de_promo dia_en_que_termina_el_precio_rebajado "
                      "data_in_cui_termina_l_offerta termine_data_del_prezzo_di_vendita "
                      "data_di_fine_del_prezzo_in_offerta einddatum_actieprijs sale_price_dates_to",
                      VT_CELL_TIME, false},
    [P_SALE] = {"sale_price",
                "angebotspreis tarif_promo prix_promo tarif_promotionnel precio_rebajado precio_de_oferta "
                "prezzo_in_offerta prezzo_scontato actieprijs aanbiedingsprijs",
                VT_CELL_MONEY, false},
    [P_REGULAR] = {"regular_price",
                   "price regularer_preis normaler_preis preis tarif_regulier prix_regulier tarif_normal prix_de_base "
                   "precio_normal precio_regular precio_habitual prezzo_di_listino prezzo_regolare prezzo_normale "
                   "reguliere_prijs normale_prijs prijs",
                   VT_CELL_MONEY, false},
    [P_CATEGORIES] = {"categories", "kategorien categorias categorie categorieen tax_product_cat product_categories",
                      VT_CELL_TEXT, false},
    [P_TAGS] = {"tags", "schlagworter etiquettes mots_cles etiquetas tag etichette tax_product_tag", VT_CELL_TEXT,
                false},
    [P_IMAGES] = {"images", "bilder imagenes immagini immagine afbeeldingen", VT_CELL_TEXT, false},
    [P_PARENT] = {"parent",
                  "ubergeordnetes_produkt ubergeordnet eltern superior principal genitore hoofd bovenliggend "
                  "hoofdproduct parent_sku post_parent",
                  VT_CELL_ID, false},
    [P_BRAND] = {"brands", "brand marken marke marques marque marcas marca marchi marchio merken merk", VT_CELL_TEXT,
                 false},
    [P_COST] = {"cost_of_goods", "cogs cost", VT_CELL_MONEY, false},
};

enum {
    O_ID,
    O_USER,
    O_EMAIL,
    O_DATE,
    O_STATUS,
    O_CURRENCY,
    O_REGION,
    O_ORDER_DISCOUNT,
    O_SKU,
    O_PRODUCT,
    O_VARIATION,
    O_NAME,
    O_QUANTITY,
    O_PRICE,
    O_SUBTOTAL,
    O_TOTAL,
    O_LINE_ITEMS,
    ORDER_FIELDS
};

static const vt_column_field order_fields[ORDER_FIELDS] = {
    [O_ID] = {"order_number",
              "order_id order bestellnummer bestell_nr bestell_id numero_de_commande id_de_commande numero_de_pedido "
              "id_del_pedido numero_ordine numero_dell_ordine id_ordine ordernummer bestelnummer",
              VT_CELL_ID, false},
    [O_USER] = {"customer_user_id", "customer_id customer_user user_id kundennummer kunden_id klantnummer", VT_CELL_ID,
                false},
    [O_EMAIL] = {"billing_email",
                 "email_billing customer_email email billing_email_address e_mail e_mail_rechnung rechnungs_e_mail "
                 "e_mail_facturation email_facturation correo_electronico_facturacion email_fatturazione "
                 "e_mail_facturering",
                 VT_CELL_ID, false},
    [O_DATE] = {"order_date",
                "date date_created order_date_created created_at paid_date bestelldatum date_de_commande "
                "date_de_la_commande fecha_del_pedido fecha_de_pedido data_ordine data_dell_ordine besteldatum",
                VT_CELL_TIME, false},
    [O_STATUS] = {"order_status",
                  "status bestellstatus statut_de_commande statut_de_la_commande etat_de_la_commande "
                  "estado_del_pedido estado_de_pedido stato_ordine stato_dell_ordine bestelstatus orderstatus",
                  VT_CELL_TEXT, false},
    [O_CURRENCY] = {"order_currency", "currency currency_code wahrung devise moneda valuta", VT_CELL_ID, false},
    [O_REGION] = {"shipping_country",
                  "country_code_shipping country_name_shipping billing_country country_code_billing "
                  "country_name_billing country",
                  VT_CELL_CODE, false},
    [O_ORDER_DISCOUNT] = {"cart_discount_amount", "cart_discount discount_amount order_discount discount_total",
                          VT_CELL_MONEY, false},
    [O_SKU] = {"item_sku",
               "sku product_sku line_item_sku variation_sku artikelnummer ugs reference referencia cod codice",
               VT_CELL_ID, false},
    [O_PRODUCT] = {"product_id", "item_product_id line_item_product_id item_id produkt_id", VT_CELL_ID, false},
    [O_VARIATION] = {"variation_id", "item_variation_id product_variation_id line_item_variation_id", VT_CELL_ID,
                     false},
    [O_NAME] = {"item_name",
                "product_name line_item_name name artikelname produktname produkt nom_de_l_article nom_du_produit "
                "nombre_del_articulo nombre_del_producto nome_articolo nome_prodotto artikelnaam productnaam",
                VT_CELL_TEXT, false},
    [O_QUANTITY] = {"item_quantity",
                    "quantity quantity_refund qty line_item_quantity menge anzahl menge_erstattung quantite cantidad "
                    "quantita aantal hoeveelheid",
                    VT_CELL_NUMBER, false},
    [O_PRICE] = {"item_price",
                 "item_cost product_price line_item_price unit_price artikelpreis artikelkosten einzelpreis "
                 "prix_de_l_article cout_de_l_article precio_del_articulo coste_del_articulo prezzo_articolo "
                 "costo_articolo artikelprijs",
                 VT_CELL_MONEY, false},
    [O_SUBTOTAL] = {"item_subtotal", "order_line_subtotal line_subtotal line_item_subtotal", VT_CELL_MONEY, false},
    [O_TOTAL] = {"item_total", "order_line_total line_total line_item_total", VT_CELL_MONEY, false},
    [O_LINE_ITEMS] = {"line_items", "line_item_1 order_items products", VT_CELL_TEXT, false},
};

/* What variations take from their parent. */
typedef struct parent {
    vt_str name, description, brand, category, images;
    int64_t stock;
} parent;

/* A row that is read once the file's other rows are. */
typedef struct late_row {
    vt_str *cells;
    int64_t line;
} late_row;

typedef struct woo {
    vt_source *source;
    vt_orders *orders;
    vt_map *by_id; /* "id:12" and SKUs of variable products -> number in `parents` */
    vt_arena *texts;
    parent *parents;
    size_t n_parents;
    size_t capacity;
    vt_str *images; /* (VT_TEXT_IMAGES_MAX) */
    vt_buf title, description, brand, category, attributes;
    late_row *late; /* variations that stand before their parent */
    size_t n_late, late_capacity;
} woo;

/* ---- products ---------------------------------------------------------------------------------------------------- */

static int copy(woo *w, vt_str *to, vt_str from, vt_error *err)
{
    *to = vt_arena_str(w->texts, from, err);
    return from.ptr != NULL && to->ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* Keeps a variable product for its variations, which name it by SKU or as "id:12". */
static int keep_parent(woo *w, vt_str id, vt_str sku, const vt_item *item, vt_str images, vt_error *err)
{
    char key[64];
    int status = vt_alloc_next(&w->parents, &w->capacity, w->n_parents, sizeof *w->parents, err);
    if (status != VT_OK) {
        return status;
    }
    parent *p = &w->parents[w->n_parents];
    *p = (parent){.stock = item->stock};
    const struct {
        vt_str *to;
        vt_str from;
    } texts[] = {{&p->name, item->title},
                 {&p->description, item->description},
                 {&p->brand, item->brand},
                 {&p->category, item->category},
                 {&p->images, images}};
    for (size_t i = 0; status == VT_OK && i < sizeof texts / sizeof texts[0]; i++) {
        status = copy(w, texts[i].to, texts[i].from, err);
    }
    if (status == VT_OK && sku.ptr != NULL) {
        status = vt_map_set(w->by_id, sku, (int64_t)w->n_parents, err);
    }
    if (status == VT_OK && id.ptr != NULL && id.len < sizeof key - 3) {
        memcpy(key, "id:", 3);
        memcpy(key + 3, id.ptr, id.len);
        status = vt_map_set(w->by_id, (vt_str){key, id.len + 3}, (int64_t)w->n_parents, err);
    }
    w->n_parents += status == VT_OK;
    return status;
}

static void inherit(vt_str *text, vt_str from)
{
    *text = text->ptr == NULL ? from : *text;
}

static int64_t parent_stock(const woo *w, vt_str above)
{
    int64_t number = 0;
    return above.ptr != NULL && vt_map_get(w->by_id, above, &number) ? w->parents[number].stock : VT_NONE;
}

/* The price that holds now: the sale's while it runs. */
static bool read_price(woo *w, const vt_columns *columns, const vt_str *row, int64_t *price, int *status, vt_error *err)
{
    int64_t sale = VT_NONE;
    int64_t from = VT_NONE;
    int64_t until = VT_NONE;
    const vt_str none = {NULL, 0};
    if (!vt_cell_money(w->source, columns, P_REGULAR, row, none, price, status, err) ||
        !vt_cell_money(w->source, columns, P_SALE, row, none, &sale, status, err)) {
        return false;
    }
    if (!vt_cell_time(w->source, columns, P_SALE_FROM, row, &from, status, err) ||
        !vt_cell_time(w->source, columns, P_SALE_UNTIL, row, &until, status, err)) {
        return false;
    }
    int64_t now = vt_now();
    if (sale != VT_NONE && (from == VT_NONE || from <= now) && (until == VT_NONE || now < until)) {
        *price = sale;
    }
    return true;
}

static int write_tags(woo *w, vt_str tags, vt_str id, vt_error *err)
{
    vt_json_writer writer;
    vt_buf_clear(&w->attributes);
    vt_json_writer_init(&writer, &w->attributes, false);
    vt_json_object(&writer, NULL);
    vt_json_text(&writer, "product_id", id);
    vt_text_list(&writer, "tags", tags, ',');
    vt_json_object_end(&writer);
    return vt_json_writer_done(&writer, err);
}

/*
 * "Stock" is pieces where they are counted, or those of the parent ("parent"); else "In stock?" says at least whether
 * there are none. What is sold on backorder has no end, whatever was counted before.
 */
static bool read_stock(woo *w, const vt_columns *columns, const vt_str *row, vt_item *item, int *status, vt_error *err)
{
    vt_str cell = vt_columns_get(columns, P_STOCK, row);
    vt_str flag = vt_columns_get(columns, P_IN_STOCK, row);
    vt_str backorders = vt_columns_get(columns, P_BACKORDERS, row);
    vt_stock_word word = vt_text_same(flag, "0") ? VT_STOCK_OUT : vt_word_stock(flag);
    bool open = vt_word_yes(backorders) || vt_text_same(backorders, "notify") || word == VT_STOCK_OPEN;
    *status = VT_OK;
    if (vt_text_same(cell, "parent")) {
        item->stock = parent_stock(w, vt_columns_get(columns, P_PARENT, row));
    } else if (!vt_cell_stock(w->source, columns, P_STOCK, row, item, status, err)) {
        return false;
    }
    if (item->stock == VT_NONE && word == VT_STOCK_OUT) {
        item->stock = 0;
    }
    item->untracked = open || (item->stock == VT_NONE && (vt_word_yes(flag) || word == VT_STOCK_THERE));
    item->stock = item->untracked ? VT_NONE : item->stock;
    return true;
}

/* Drafts (-1) and private products (0) are not on sale. */
static int64_t read_until(const vt_columns *columns, const vt_str *row)
{
    vt_str cell = vt_columns_get(columns, P_PUBLISHED, row);
    bool shown = vt_word_yes(cell) || vt_text_same(cell, "publish") || vt_text_same(cell, "published");
    return cell.ptr == NULL ? VT_NONE : shown ? VT_TIME_MAX : 0;
}

static int write_texts(woo *w, const vt_columns *columns, const vt_str *row, vt_str body, vt_error *err)
{
    vt_buf *bufs[] = {&w->title, &w->brand, &w->description, &w->category};
    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++) {
        vt_buf_clear(bufs[i]);
    }
    int status = vt_text_plain(&w->title, vt_columns_get(columns, P_NAME, row), err);
    status = status == VT_OK ? vt_text_plain(&w->brand, vt_columns_get(columns, P_BRAND, row), err) : status;
    return status == VT_OK ? vt_text_html(&w->description, body, err) : status;
}

static vt_str text_of(const vt_buf *buf)
{
    return buf->len > 0 ? (vt_str){buf->data, buf->len} : (vt_str){NULL, 0};
}

/* "variable", also among others: "variable, virtual". */
static bool is_type(vt_str type, const char *name)
{
    size_t len = strlen(name);
    return vt_text_same((vt_str){type.ptr, type.len > len && type.ptr[len] == ',' ? len : type.len}, name);
}

static int keep_late(woo *w, const vt_str *row, size_t n, vt_error *err)
{
    int status = vt_alloc_next(&w->late, &w->late_capacity, w->n_late, sizeof *w->late, err);
    vt_str *cells = status == VT_OK ? vt_arena_alloc(w->texts, n, sizeof *cells, err) : NULL;
    for (size_t i = 0; cells != NULL && i < n; i++) {
        cells[i] = vt_arena_str(w->texts, row[i], err);
        cells = row[i].ptr != NULL && cells[i].ptr == NULL ? NULL : cells;
    }
    if (cells == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    w->late[w->n_late++] = (late_row){cells, vt_sink_line(w->source->sink)};
    return VT_OK;
}

/* A variation whose parent may still come. */
static bool is_early(const woo *w, const vt_columns *columns, const vt_str *row)
{
    vt_str above = vt_columns_get(columns, P_PARENT, row);
    int64_t number = 0;
    return above.ptr != NULL && is_type(vt_columns_get(columns, P_TYPE, row), "variation") &&
           !vt_map_get(w->by_id, above, &number);
}

static int add_product(woo *w, const vt_columns *columns, const vt_str *row, vt_error *err)
{
    vt_item item;
    vt_item_init(&item);
    int64_t number = 0;
    vt_str id = vt_columns_get(columns, P_ID, row);
    vt_str sku = vt_columns_get(columns, P_SKU, row);
    vt_str type = vt_columns_get(columns, P_TYPE, row);
    vt_str above = vt_columns_get(columns, P_PARENT, row);
    vt_str images = vt_columns_get(columns, P_IMAGES, row);
    vt_str body = vt_columns_get(columns, P_DESCRIPTION, row);
    int status = VT_OK;
    body = body.ptr == NULL ? vt_columns_get(columns, P_SHORT, row) : body;
    if (!read_price(w, columns, row, &item.price, &status, err) ||
        !vt_cell_money(w->source, columns, P_COST, row, (vt_str){NULL, 0}, &item.cost, &status, err) ||
        !read_stock(w, columns, row, &item, &status, err)) {
        return status;
    }
    item.available_until = read_until(columns, row);
    status = write_texts(w, columns, row, body, err);
    if (status == VT_OK) {
        status = vt_text_category(&w->category, vt_columns_get(columns, P_CATEGORIES, row), true, err);
    }
    if (status == VT_OK) {
        status = write_tags(w, vt_columns_get(columns, P_TAGS, row), id, err);
    }
    if (status != VT_OK) {
        return status;
    }
    item.id = sku.ptr != NULL ? sku : id;
    item.title = text_of(&w->title);
    item.brand = text_of(&w->brand);
    item.description = text_of(&w->description);
    item.category = text_of(&w->category);
    item.attributes = (vt_str){w->attributes.data, w->attributes.len};
    if (is_type(type, "variable") || is_type(type, "grouped")) {
        status = keep_parent(w, id, sku, &item, images, err);
    } else if (above.ptr != NULL && vt_map_get(w->by_id, above, &number)) {
        const parent *p = &w->parents[number];
        inherit(&item.title, p->name);
        inherit(&item.description, p->description);
        inherit(&item.brand, p->brand);
        inherit(&item.category, p->category);
        inherit(&images, p->images);
    }
    item.images = w->images;
    item.n_images = vt_text_images(w->images, images);
    status = status == VT_OK ? vt_sink_item(w->source->sink, &item, err) : status;
    return status == VT_OK ? vt_orders_learn(w->orders, item.id, item.title, id, err) : status;
}

static int read_products(void *context, const vt_columns *columns, vt_csv *csv, vt_error *err)
{
    woo *w = context;
    const vt_str *row = NULL;
    int status = vt_shop_files_row(w->source, columns, csv, &row, err);
    while (status == VT_OK && row != NULL) {
        status = is_early(w, columns, row) ? keep_late(w, row, columns->n, err) : add_product(w, columns, row, err);
        if (status == VT_OK) {
            status = vt_shop_files_row(w->source, columns, csv, &row, err);
        }
    }
    for (size_t i = 0; status == VT_OK && i < w->n_late; i++) {
        vt_sink_at(w->source->sink, w->late[i].line);
        status = add_product(w, columns, w->late[i].cells, err);
    }
    w->n_late = 0;
    return status;
}

/* ---- orders ------------------------------------------------------------------------------------------------------ */

/* What the row says of its whole order; false: its row was rejected, through `*status`. */
static bool read_head(woo *w, const vt_columns *columns, const vt_str *row, vt_order_head *head, int *status,
                      vt_error *err)
{
    vt_source *source = w->source;
    *head = (vt_order_head){.time = VT_NONE, .discount = VT_NONE, .state = VT_ORDER_SOLD};
    head->id = vt_columns_get(columns, O_ID, row);
    head->user = vt_columns_get(columns, O_USER, row);
    if (head->user.ptr == NULL || vt_text_same(head->user, "0")) { /* 0: a guest */
        head->user = vt_columns_get(columns, O_EMAIL, row);
    }
    head->region = vt_columns_get(columns, O_REGION, row);
    head->currency = vt_columns_get(columns, O_CURRENCY, row);
    head->status = vt_columns_get(columns, O_STATUS, row);
    if (head->status.ptr != NULL) {
        head->state = vt_word_order(head->status, source->options->status_map);
    }
    if (head->id.ptr == NULL) {
        *status = vt_sink_reject(source->sink, err, "id missing",
                                 "the order's number is missing; every row of an order needs it");
        return false;
    }
    /* What cannot be read rejects the row, not what else it says of the order. */
    if (vt_cell_time(source, columns, O_DATE, row, &head->time, status, err)) {
        vt_cell_money(source, columns, O_ORDER_DISCOUNT, row, head->currency, &head->discount, status, err);
    }
    return *status == VT_OK;
}

/* ---- all lines of an order in one cell --------------------------------------------------------------------------- */

typedef struct packed_order {
    vt_orders *orders;
    const vt_order_head *head;
} packed_order;

static int put_packed(void *context, const vt_order_line *line, vt_error *err)
{
    const packed_order *order = context;
    return vt_orders_add(order->orders, order->head, line, err);
}

/* The lines of the cell, and those of the columns line_item_2, line_item_3, ... */
static int add_packed(woo *w, const vt_columns *columns, const vt_str *row, const vt_order_head *head,
                      int64_t line_number, vt_error *err)
{
    int status = VT_OK;
    char key[VT_WORD_BYTES];
    for (size_t i = 0; status == VT_OK && i < columns->n; i++) {
        vt_word_key(key, sizeof key, columns->header[i]);
        bool more = strncmp(key, "line_item_", 10) == 0 && key[10] >= '0' && key[10] <= '9';
        if ((int)i != columns->column[O_LINE_ITEMS] && !more) {
            continue;
        }
        packed_order order = {w->orders, head};
        status = vt_packed_lines(w->source, row[i], head->currency, line_number, put_packed, &order, err);
    }
    return status;
}

static int add_order_row(woo *w, const vt_columns *columns, const vt_str *row, int64_t line_number, vt_error *err)
{
    vt_source *source = w->source;
    vt_order_head head;
    vt_order_line line = {.quantity = VT_NONE, .unit_price = VT_NONE, .discount = VT_NONE, .line = line_number};
    int64_t subtotal = VT_NONE;
    int64_t total = VT_NONE;
    int status = VT_OK;
    if (!read_head(w, columns, row, &head, &status, err)) {
        return status;
    }
    bool good = !vt_sink_rejected(source->sink);
    if (good && vt_columns_get(columns, O_LINE_ITEMS, row).ptr != NULL) {
        return add_packed(w, columns, row, &head, line_number, err);
    }
    line.name = vt_columns_get(columns, O_NAME, row);
    line.item = vt_columns_get(columns, O_SKU, row);
    line.product = vt_columns_get(columns, O_VARIATION, row);
    if (line.product.ptr == NULL || vt_text_same(line.product, "0")) { /* 0: of a product without variations */
        line.product = vt_columns_get(columns, O_PRODUCT, row);
    }
    good = good && vt_cell_whole(source, columns, O_QUANTITY, row, &line.quantity, &status, err) &&
           vt_cell_money(source, columns, O_PRICE, row, head.currency, &line.unit_price, &status, err) &&
           vt_cell_money(source, columns, O_SUBTOTAL, row, head.currency, &subtotal, &status, err) &&
           vt_cell_money(source, columns, O_TOTAL, row, head.currency, &total, &status, err);
    vt_line_of_sums(line.quantity, subtotal, total, &line.unit_price, &line.discount);
    return status == VT_OK ? vt_orders_add(w->orders, &head, good ? &line : NULL, err) : status;
}

static int read_orders(void *context, const vt_columns *columns, vt_csv *csv, vt_error *err)
{
    woo *w = context;
    const vt_str *row = NULL;
    int status = vt_shop_files_row(w->source, columns, csv, &row, err);
    while (status == VT_OK && row != NULL) {
        status = add_order_row(w, columns, row, vt_csv_line(csv), err);
        if (status == VT_OK) {
            status = vt_shop_files_row(w->source, columns, csv, &row, err);
        }
    }
    return status == VT_OK ? vt_orders_end(w->orders, err) : status;
}

static const vt_shop_file files[2] = {
    {"products", product_fields, PRODUCT_FIELDS, {{{P_NAME}, 1}, {{P_REGULAR}, 1}}, PRODUCT_FIELDS, read_products},
    {"orders",
     order_fields,
     ORDER_FIELDS,
     {{{O_ID}, 1}, {{O_SKU, O_PRODUCT, O_VARIATION, O_NAME, O_LINE_ITEMS}, 5}},
     O_CURRENCY,
     read_orders},
};

const char *vt_woocommerce_tell(const vt_str *header, size_t n)
{
    static const char *const marks[] = {"order_status",      "billing_email",     "customer_user_id", "line_items",
                                        "line_item_1",       "bestellstatus",     "bestelstatus",     "stato_ordine",
                                        "estado_del_pedido", "statut_de_commande"};
    int which = vt_shop_files_tell(files, header, n);
    bool marked = which == 0 && n > 5 && !vt_column_exists(header, n, "price");
    for (size_t i = 0; which == 1 && i < sizeof marks / sizeof marks[0]; i++) {
        marked = marked || vt_column_exists(header, n, marks[i]);
    }
    return marked ? files[which].what : NULL;
}

int vt_source_woocommerce(vt_source *source, vt_error *err)
{
    woo w = {.source = source};
    vt_buf *bufs[] = {&w.title, &w.description, &w.brand, &w.category, &w.attributes};
    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++) {
        vt_buf_init(bufs[i], VT_LINE_BYTES_MAX * 4);
    }
    vt_sink_rules(source->sink)->time_name = "order date";
    int status = vt_orders_create(&w.orders, source, err);
    if (status == VT_OK) {
        status = vt_arena_create(&w.texts, 0, err);
    }
    if (status == VT_OK) {
        status = vt_map_create(&w.by_id, 0, err);
    }
    if (status == VT_OK) {
        w.images = vt_alloc(VT_TEXT_IMAGES_MAX, sizeof *w.images, err);
        status = w.images == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status == VT_OK) {
        status = vt_shop_files_read(source, "WooCommerce", files, &w, err);
    }
    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++) {
        vt_buf_done(bufs[i]);
    }
    vt_orders_free(w.orders);
    vt_arena_free(w.texts);
    vt_map_free(w.by_id);
    vt_free(w.parents);
    vt_free(w.late);
    vt_free(w.images);
    return status;
}
