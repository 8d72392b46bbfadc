/* os/disk.h -- the file system as a log and a witness need it: a table of functions.
 *
 * Behind it lies the real one, or one in a test that loses what was not synced. */
#ifndef CM_OS_DISK_H
#define CM_OS_DISK_H

struct cm_disk;

#endif
