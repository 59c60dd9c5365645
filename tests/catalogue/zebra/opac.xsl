<?xml version="1.0" encoding="UTF-8"?>
<!-- The OPAC record that catalogues give over SRU: the MARC record, and a holding with its circulation for each 952. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:m="http://www.loc.gov/MARC21/slim" exclude-result-prefixes="m">
  <xsl:template match="/m:record">
    <opacRecord>
      <bibliographicRecord><xsl:copy-of select="."/></bibliographicRecord>
      <holdings>
        <xsl:for-each select="m:datafield[@tag='952']">
          <holding>
            <localLocation><xsl:value-of select="m:subfield[@code='b']"/></localLocation>
            <callNumber><xsl:value-of select="m:subfield[@code='o']"/></callNumber>
            <circulations>
              <circulation>
                <availableNow value="1"/>
                <itemId><xsl:value-of select="m:subfield[@code='p']"/></itemId>
                <renewable value="0"/>
                <onHold value="0"/>
                <enumAndChron><xsl:value-of select="m:subfield[@code='h']"/></enumAndChron>
              </circulation>
            </circulations>
          </holding>
        </xsl:for-each>
      </holdings>
    </opacRecord>
  </xsl:template>
</xsl:stylesheet>
