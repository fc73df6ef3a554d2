// A library without the symbol of a plugin.
extern "C" int wirewatch_plugin_of_another_kind() { return 0; }
