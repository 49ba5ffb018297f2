/* Text from anywhere as the value of an XML attribute. */
#ifndef LQI_WRITE_XML_H
#define LQI_WRITE_XML_H

#include "format/write_out.h"

/* Escapes what XML reserves, leaves out what it forbids (white space becomes a blank), and puts U+FFFD for bytes that
 * are not UTF-8. */
void lqi_out_xml_value(lqi_out_buffer *buffer, const char *text);

#endif
