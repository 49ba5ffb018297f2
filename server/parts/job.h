/* The measuring of parts outside of requests. */
#ifndef SV_PART_JOB_H
#define SV_PART_JOB_H

#include "access/call.h"
#include "store/jobs.h"

/* Longer than a child may live. */
#define SV_JOB_LEASE_MS 240000
#define SV_JOB_TRIES_MAX 3

/* A job of the kind SV_JOB_ANALYSIS that app->owner holds, from beginning to end. */
void sv_part_job(sv_app *app, const sv_job *job);

#endif
