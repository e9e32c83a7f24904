"""From a folder of course files to a Course in each language, with every fault named by file and line."""
