/* Places where a test makes the service fail. They exist only in the fault build (make config=fault): QUOTE_FAULT names
 * one with what happens there, "order.before_commit:kill" or "db.write:enospc"; it happens once per process tree. */
#ifndef SV_FAULT_H
#define SV_FAULT_H

#include <stdbool.h>

#ifdef LQI_FAULT
/* Kills the process when the place is armed with kill; true when it is armed with enospc. */
bool sv_fault(const char *place);
void sv_fault_arm(void); /* before the first fork */
#else
static inline bool sv_fault(const char *place)
{
    (void)place;
    return false;
}
static inline void sv_fault_arm(void) {}
#endif

#endif
