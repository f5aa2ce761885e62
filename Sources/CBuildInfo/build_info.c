#include "build_info.h"

const char *wstap_git_description(void) { return WSTAP_GIT_DESCRIPTION; }
