#include "quotes/sum.h"

#include <string.h>

/* Far above any price, and small enough that sums of some thousands fit. */
#define MINOR_MAX (INT64_C(1) << 52)

static bool multiply(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_mul_overflow(a, b, out) && *out <= MINOR_MAX && *out >= -MINOR_MAX;
}

static bool same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

/* A machine is set up once for each material, colour and finish. */
static bool is_set_up(const lq_option *priced, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (same_text(priced[i].material_id, priced[index].material_id) &&
            same_text(priced[i].price.color_id, priced[index].price.color_id) &&
            same_text(priced[i].price.finish_id, priced[index].price.finish_id))
            return true;
    return false;
}

static void add_components(const lq_price_result *price, sv_sum *sum)
{
    const int64_t parts[SV_COMPONENTS] = {price->materials_minor, price->machine_minor,  price->labour_minor,
                                          price->finishing_minor, price->overhead_minor, price->markup_minor,
                                          price->priority_minor,  price->discount_minor};
    for (int i = 0; i < SV_COMPONENTS; i++) sum->component[i] += parts[i];
}

/* In units of the whole: the first number of them at which this piece reaches its next tier. */
static int64_t break_of(const lq_price_result *price, uint32_t quantity)
{
    return ((int64_t)price->next_break_quantity + quantity - 1) / quantity;
}

bool sv_sum_make(const sv_piece *pieces, const lq_option *priced, size_t count, int64_t quantity, int64_t hardware,
                 int64_t share, sv_sum *sum)
{
    int64_t least = 0, product, mass_mg;
    bool fits = true;
    *sum = (sv_sum){.quantity = quantity, .hardware = hardware, .share = share, .unit = hardware + share};
    for (size_t i = 0; i < count && fits; i++) {
        const lq_price_result *price = &priced[i].price;
        if (priced[i].status > sum->status) sum->status = priced[i].status;
        fits = multiply(price->unit_minor, pieces[i].quantity, &product);
        sum->unit += product;
        fits = fits && multiply(price->mass_mg, pieces[i].quantity, &product);
        sum->mass_mg += product;
        if (!is_set_up(priced, i)) sum->setup += price->setup_minor;
        add_components(price, sum);
        /* A line above what its parts cost has been raised to the least that is taken for it. */
        fits = fits && multiply(price->unit_minor, priced[i].quantity, &product);
        if (price->line_minor > product + price->setup_minor && price->line_minor > least) least = price->line_minor;
        if (price->days_min > sum->days_min) sum->days_min = price->days_min;
        if (price->days_max > sum->days_max) sum->days_max = price->days_max;
        if (price->next_break_quantity) {
            int64_t at = break_of(price, pieces[i].quantity);
            if (!sum->next_break || at < sum->next_break) sum->next_break = at;
        }
        memcpy(sum->currency, price->currency, sizeof sum->currency);
    }
    fits = fits && multiply(sum->unit, quantity, &product) && multiply(sum->mass_mg, quantity, &mass_mg);
    if (!fits) return false;
    sum->line = product + sum->setup > least ? product + sum->setup : least;
    sum->adjustment = sum->line - sum->setup - (hardware + share) * quantity;
    for (int i = 0; i < SV_COMPONENTS; i++) sum->adjustment -= sum->component[i];
    return true;
}

json_t *sv_sum_breakdown(const sv_sum *sum, const char *expose)
{
    static const char *const names[SV_COMPONENTS] = {"materials", "machine", "labour",   "finishing",
                                                     "overhead",  "markup",  "priority", "discount"};
    static const char *const making[] = {"machine", "labour", "overhead", "markup", "priority", "adjustment"};
    if (strcmp(expose, "none") == 0) return json_null();
    json_t *all = json_pack("{s:I, s:I, s:I, s:I}", "setup", (json_int_t)sum->setup, "hardware",
                            (json_int_t)(sum->hardware * sum->quantity), "revenue_share",
                            (json_int_t)(sum->share * sum->quantity), "adjustment", (json_int_t)sum->adjustment);
    for (int i = 0; i < SV_COMPONENTS; i++) json_object_set_new(all, names[i], json_integer(sum->component[i]));
    if (strcmp(expose, "grouped") != 0) return all;
    json_int_t together = 0;
    for (size_t i = 0; i < sizeof making / sizeof making[0]; i++) {
        together += sv_json_integer(all, making[i]);
        json_object_del(all, making[i]);
    }
    json_object_set_new(all, "making", json_integer(together));
    return all;
}
