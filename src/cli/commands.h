/* cli/commands.h -- the subcommands, each from its own file. */
#ifndef CM_CLI_COMMANDS_H
#define CM_CLI_COMMANDS_H

#include "cli/cli.h"

extern const struct cm_command cm_command_approve;
extern const struct cm_command cm_command_assess;
extern const struct cm_command cm_command_assess_brief;
extern const struct cm_command cm_command_assess_check;
extern const struct cm_command cm_command_assess_compare;
extern const struct cm_command cm_command_assess_csv;
extern const struct cm_command cm_command_assess_new;
extern const struct cm_command cm_command_assess_show;
extern const struct cm_command cm_command_assess_sign;
extern const struct cm_command cm_command_charter;
extern const struct cm_command cm_command_charter_ask;
extern const struct cm_command cm_command_charter_check;
extern const struct cm_command cm_command_charter_close;
extern const struct cm_command cm_command_charter_diff;
extern const struct cm_command cm_command_charter_fmt;
extern const struct cm_command cm_command_charter_member;
extern const struct cm_command cm_command_charter_new;
extern const struct cm_command cm_command_charter_propose;
extern const struct cm_command cm_command_charter_show;
extern const struct cm_command cm_command_charter_sign;
extern const struct cm_command cm_command_charter_withdraw;
extern const struct cm_command cm_command_compare;
extern const struct cm_command cm_command_consent;
extern const struct cm_command cm_command_consent_give;
extern const struct cm_command cm_command_consent_revoke;
extern const struct cm_command cm_command_consent_show;
extern const struct cm_command cm_command_disclose;
extern const struct cm_command cm_command_handover;
extern const struct cm_command cm_command_help;
extern const struct cm_command cm_command_inspect;
extern const struct cm_command cm_command_init;
extern const struct cm_command cm_command_investigate;
extern const struct cm_command cm_command_key;
extern const struct cm_command cm_command_key_age;
extern const struct cm_command cm_command_key_revoke;
extern const struct cm_command cm_command_key_rotate;
extern const struct cm_command cm_command_ledger;
extern const struct cm_command cm_command_log;
extern const struct cm_command cm_command_log_checkpoint;
extern const struct cm_command cm_command_log_evidence;
extern const struct cm_command cm_command_log_follow;
extern const struct cm_command cm_command_log_fsck;
extern const struct cm_command cm_command_log_init;
extern const struct cm_command cm_command_log_prove;
extern const struct cm_command cm_command_log_serve;
extern const struct cm_command cm_command_log_show;
extern const struct cm_command cm_command_log_verify;
extern const struct cm_command cm_command_mark;
extern const struct cm_command cm_command_seal;
extern const struct cm_command cm_command_show;
extern const struct cm_command cm_command_take;
extern const struct cm_command cm_command_trust;
extern const struct cm_command cm_command_trust_add;
extern const struct cm_command cm_command_trust_check;
extern const struct cm_command cm_command_trust_quorum;
extern const struct cm_command cm_command_trust_show;
extern const struct cm_command cm_command_trust_tsa;
extern const struct cm_command cm_command_types;
extern const struct cm_command cm_command_verify;
extern const struct cm_command cm_command_version;
extern const struct cm_command cm_command_warning;
extern const struct cm_command cm_command_warning_check;
extern const struct cm_command cm_command_warning_lists;
extern const struct cm_command cm_command_witness;
extern const struct cm_command cm_command_witness_add_log;
extern const struct cm_command cm_command_witness_cosign;
extern const struct cm_command cm_command_witness_init;
extern const struct cm_command cm_command_witness_serve;
extern const struct cm_command cm_command_witness_status;

#endif
