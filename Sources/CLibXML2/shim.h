// Debian's libxml2 is built with ICU, and its headers bring ICU's own. Foundation carries another ICU, and a compiler that sees
// both stops: "'UErrorCode' has different definitions in different modules". What is left out by this is the end of a struct that
// nothing here reads (xmlCharEncodingHandler, libxml/encoding.h).
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>
#include <libxml/xmlerror.h>
