/*
 * A run of letters is compared with tables of names, of which it may be the beginning. Where two months begin alike
 * the row says how many bytes tell them apart.
 */
#include "base/time_names.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

typedef struct name_row {
    const char *names; /* a blank between them */
    int least;         /* bytes */
    int value;
} name_row;

/* Accents stand in both cases; strncasecmp() folds ASCII alone. */
static const name_row months[] = {
    {"january januar janvier januari jaenner j\xC3\xA4nner J\xC3\x84NNER enero gennaio", 3, 1},
    {"february februar februari feber fevrier f\xC3\xA9vrier F\xC3\x89VRIER febrero febbraio", 3, 2},
    {"march maerz m\xC3\xA4rz M\xC3\x84RZ mrz mars marzo maart mrt", 3, 3},
    {"april avril abril aprile", 3, 4},
    {"may mai mayo maggio mei", 3, 5},
    {"june juni juin junio giugno", 3, 6},
    {"july juli juillet julio luglio", 3, 7},
    {"august aout ao\xC3\xBBt AO\xC3\x9BT agosto augustus", 3, 8},
    {"september septembre septiembre setiembre settembre", 3, 9},
    {"october oktober octobre octubre ottobre", 3, 10},
    {"november novembre noviembre", 3, 11},
    {"december dezember decembre d\xC3\xA9"
     "cembre D\xC3\x89"
     "CEMBRE diciembre dicembre",
     3, 12},
};

static const name_row weekdays[] = {
    {"sunday sonntag dimanche domingo domenica zondag", 3, 1},
    {"monday montag lundi lunes luned\xC3\xAC maandag", 3, 2},
    {"tuesday dienstag mardi martes marted\xC3\xAC dinsdag", 3, 3},
    {"wednesday mittwoch mercredi mi\xC3\xA9rcoles miercoles mercoled\xC3\xAC woensdag", 3, 4},
    {"thursday donnerstag jeudi jueves gioved\xC3\xAC donderdag", 3, 5},
    {"friday freitag vendredi viernes venerd\xC3\xAC vrijdag", 3, 6},
    {"saturday samstag sonnabend samedi s\xC3\xA1"
     "bado sabado sabato zaterdag",
     3, 7},
    {"so mo di mi do fr sa", 2, 8}, /* German, "Mo., 2. Januar 2023" */
};

static const name_row zones[] = {
    {"cest mesz eet sast", 3, 2},
    {"cet mez bst west wat", 3, 1},
    {"wet ut", 2, 0},
    {"eest msk trt", 3, 3},
    {"est cdt", 3, -5},
    {"edt ast clt", 3, -4},
    {"cst mdt", 3, -6},
    {"mst pdt", 3, -7},
    {"pst akdt", 3, -8},
    {"jst kst", 3, 9},
    {"sgt hkt awst", 3, 8},
    {"aest", 4, 10},
    {"aedt", 4, 11},
    {"nzst", 4, 12},
    {"nzdt", 4, 13},
    {"brt", 3, -3},
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || ((unsigned char)c & 0x80U) != 0;
}

/* A number of the table for the word, 0 for none. `whole`: the word must be a name and not its beginning. */
static const name_row *find(const name_row *table, size_t n, const char *word, size_t len, bool whole)
{
    for (size_t i = 0; i < n; i++) {
        for (const char *name = table[i].names; *name != '\0';) {
            size_t size = strcspn(name, " ");
            bool long_enough = len >= (size_t)table[i].least && (whole ? len == size : len <= size);
            if (long_enough && strncasecmp(name, word, len) == 0) {
                return &table[i];
            }
            name += size + (name[size] == ' ');
        }
    }
    return NULL;
}

static const name_row *take(const char **p, const char *end, const name_row *table, size_t n, bool whole)
{
    const char *word = *p;
    while (word < end && is_letter(*word)) {
        word++;
    }
    const name_row *row = word == *p ? NULL : find(table, n, *p, (size_t)(word - *p), whole);
    *p = row == NULL ? *p : word;
    return row;
}

int vt_time_month(const char **p, const char *end)
{
    const name_row *row = take(p, end, months, sizeof months / sizeof months[0], false);
    *p += row != NULL && *p < end && **p == '.';
    return row == NULL ? 0 : row->value;
}

bool vt_time_weekday(const char **p, const char *end)
{
    const name_row *row = take(p, end, weekdays, sizeof weekdays / sizeof weekdays[0], false);
    *p += row != NULL && *p < end && **p == '.';
    return row != NULL;
}

bool vt_time_zone_name(const char **p, const char *end, int *offset)
{
    const name_row *row = take(p, end, zones, sizeof zones / sizeof zones[0], true);
    *offset = row == NULL ? 0 : row->value * 3600;
    return row != NULL;
}
