/* Two parts as people really upload them: drawn face by face, closed and manifold by construction. */
#ifndef CORPUS_PARTS_H
#define CORPUS_PARTS_H

#include "corpus/solids.h"

/* An L-bracket of 80 x 50 x 60 mm: rounded ends, a filleted corner with a rib, two countersunk and two plain holes. */
solid_soup part_bracket(void);

/* A knob of 38 mm with eight lobes, a rounded top and a blind D-shaped bore for its shaft. */
solid_soup part_knob(void);

#endif
