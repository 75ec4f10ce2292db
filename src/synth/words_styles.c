/* Styles, brands, colours and the sentences of reviews. The brands exist nowhere but here. */
#include "synth/words.h"

const synth_colour synth_colours[SYNTH_COLOURS] = {
    {"white", {236, 236, 232}},       {"black", {38, 38, 42}},           {"navy blue", {28, 48, 104}},
    {"sky blue", {92, 166, 222}},     {"forest green", {38, 102, 62}},   {"mint green", {140, 210, 176}},
    {"crimson red", {190, 30, 48}},   {"blush pink", {238, 160, 178}},   {"mustard yellow", {224, 172, 40}},
    {"burnt orange", {214, 100, 34}}, {"chestnut brown", {120, 74, 44}}, {"lavender", {160, 132, 204}},
};

const char *const synth_patterns[SYNTH_PATTERNS] = {"plain", "striped", "dotted", "checked", "wavy", "two-tone"};

const synth_style synth_styles[SYNTH_STYLES] = {
    {"minimalist",
     {"minimalist", "pure", "understated", "clean-lined"},
     {"Nothing on it is there without a reason.", "Its calm lines go with everything.",
      "A quiet design that puts function first."},
     {0, 1, 3},
     {0, 5}},
    {"vintage",
     {"vintage", "retro", "nostalgic", "old-school"},
     {"It looks as if it came from a flea market find of the sixties.", "Warm colours bring back the good old days.",
      "A charming nod to grandmother's time."},
     {8, 9, 10},
     {3, 1}},
    {"sporty",
     {"sporty", "dynamic", "energetic", "high-performance"},
     {"Made for people who never sit still.", "Bold contrasts announce speed.",
      "Light, tough and ready for the next round."},
     {6, 3, 1},
     {1, 5}},
    {"luxury",
     {"luxurious", "premium", "elegant", "refined"},
     {"Every detail speaks of craftsmanship.", "A quiet luxury that one feels at once.",
      "Noble finishes make it a special gift."},
     {1, 2, 10},
     {0, 4}},
    {"playful",
     {"playful", "cheerful", "colourful", "fun"},
     {"It puts a smile on every face.", "Bright colours chase grey days away.",
      "Who said that things have to be serious?"},
     {8, 7, 3},
     {2, 4}},
    {"natural",
     {"natural", "eco-friendly", "earthy", "sustainable"},
     {"It is made with respect for nature, from seed to parcel.", "Soft earth tones bring the forest home.",
      "Fair, durable and free of plastic packaging."},
     {4, 5, 10},
     {0, 4}},
    {"industrial",
     {"industrial", "rugged", "heavy-duty", "robust"},
     {"It could have come out of an old workshop.", "Built to take knocks for decades.",
      "Visible screws and honest edges make its character."},
     {1, 10, 9},
     {5, 3}},
    {"romantic",
     {"romantic", "delicate", "graceful", "dreamy"},
     {"Tender shades make it a love at first sight.", "It looks like a spring morning.",
      "Fine details for people who like it gentle."},
     {7, 11, 0},
     {2, 4}},
};

const synth_brand synth_brands[SYNTH_BRANDS] = {
    {"Nordlys", 0, 1.15},   {"Oldham & Daughters", 1, 0.95},
    {"Velotta", 2, 1.00},   {"Maison Corvain", 3, 1.90},
    {"Pippalu", 4, 0.85},   {"Fernhollow", 5, 1.10},
    {"Gritstone", 6, 1.05}, {"Rosalba Lane", 7, 1.00},
    {"Plainwell", 0, 0.70}, {"Juniper Row", 1, 1.20},
    {"Kinetiq", 2, 1.30},   {"Aurelienne", 3, 1.60},
    {"Zibbo", 4, 0.65},     {"Mosskin", 5, 0.90},
    {"Ironwharf", 6, 0.80}, {"Petalune", 7, 1.25},
};

const char *const synth_review_titles[5][4] = {
    {"Broke at once", "A waste of money", "Very disappointed", "Sent it back"},
    {"Not what I hoped for", "Could be much better", "Rather poor", "Has its faults"},
    {"It is all right", "Average", "Does the job", "Good and bad sides"},
    {"Good buy", "Quite happy with it", "Solid quality", "Nearly perfect"},
    {"Absolutely love it", "Perfect", "Exceeded my expectations", "Best one I ever had"},
};

const char *const synth_review_openings[5][4] = {
    {"The %s failed on the second day.", "I regret that I bought the %s.", "Terrible %s, nothing like the pictures.",
     "I wanted to like the %s, but no."},
    {"I expected more from the %s.", "The %s disappointed me somewhat.", "For this price I had hoped for better %s.",
     "The %s arrived with flaws."},
    {"Average %s, no more and no less.", "I have mixed feelings about the %s.", "Acceptable %s with some drawbacks.",
     "I use the %s only now and then."},
    {"I am happy with the %s.", "Good %s for the price.", "I got nearly everything I wanted from the %s.",
     "Well made %s with only small flaws."},
    {"What wonderful %s!", "Fantastic %s, I would buy again at once.", "The best %s that I have owned.",
     "I use the %s every single day with joy."},
};

const char *const synth_review_closings[5][4] = {
    {"I want my money back.", "Stay away from it.", "It went straight back.", "Never again."},
    {"I would not buy it a second time.", "There are better ones.", "I may return it.", "A pity."},
    {"Three stars seem fair.", "You get what you pay for.", "It will do for now.",
     "I have no strong feelings about it."},
    {"I can recommend it.", "Worth the money.", "I would buy from them again.", "Four stars from me."},
    {"Highly recommended!", "Everybody in my family wants one now.", "Five stars without a doubt.",
     "Thank you for such a great product."},
};

const char *const synth_review_material[3][3] = {
    {"The %s feels cheap and came apart.", "The %s is thin and badly finished.",
     "I do not believe that this is real %s."},
    {"The %s is decent.", "The %s could be nicer.", "Nothing special about the %s."},
    {"The %s feels great.", "You can tell that the %s is of high quality.", "I adore the %s."},
};

const char *const synth_review_use[3][3] = {
    {"For %s it is useless.", "It is no good for %s at all.", "I bought it for %s and gave up."},
    {"For %s it is good enough.", "I use it for %s now and then.", "It works for %s, more or less."},
    {"It is ideal for %s.", "I bought it for %s and it is just right.", "There is nothing better for %s."},
};

const char *const synth_review_style[3][3] = {
    {"The look is anything but %s.", "They call it %s; I call it ugly.", "Its %s look rubbed off within a week."},
    {"The %s look is a matter of taste.", "It looks fairly %s.", "The design is %s, well, somewhat."},
    {"Its %s look gets compliments.", "I fell for the %s design.", "So %s, exactly my taste."},
};
