/// What `git describe` said when this was built, or nothing. The Makefile gives it through the environment.
const char *_Nonnull wstap_git_description(void);
