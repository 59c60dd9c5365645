<?xml version="1.0" encoding="UTF-8"?>
<!-- Which fields of a record stand in which index: numbers as they are catalogued, as phrases and as words. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:m="http://www.loc.gov/MARC21/slim" xmlns:z="http://indexdata.com/zebra-2.0" exclude-result-prefixes="m">
  <xsl:output method="xml" encoding="UTF-8"/>
  <xsl:template match="/m:record">
    <z:record z:id="{normalize-space(m:controlfield[@tag='001'])}" z:type="update">
      <z:index name="id:w id:p"><xsl:value-of select="m:controlfield[@tag='001']"/></z:index>
      <xsl:for-each select="m:datafield[@tag='035']/m:subfield[@code='a']">
        <z:index name="oclc:w oclc:p"><xsl:value-of select="."/></z:index>
      </xsl:for-each>
      <xsl:for-each select="m:datafield[@tag='010']/m:subfield[@code='a']">
        <z:index name="lccn:w lccn:p"><xsl:value-of select="normalize-space(.)"/></z:index>
      </xsl:for-each>
      <xsl:for-each select="m:datafield[@tag='020']/m:subfield[@code='a' or @code='z']">
        <z:index name="isbn:w isbn:p"><xsl:value-of select="translate(., '-', '')"/></z:index>
      </xsl:for-each>
      <xsl:for-each select="m:datafield[@tag='022']/m:subfield[@code='a']">
        <z:index name="issn:w issn:p"><xsl:value-of select="translate(., '-', '')"/></z:index>
      </xsl:for-each>
      <xsl:for-each select="m:datafield[@tag='245']">
        <z:index name="title:w title:p">
          <xsl:for-each select="m:subfield[@code='a' or @code='b' or @code='n' or @code='p']">
            <xsl:value-of select="concat(., ' ')"/>
          </xsl:for-each>
        </z:index>
      </xsl:for-each>
      <xsl:for-each select="m:datafield[@tag='100' or @tag='110' or @tag='700']/m:subfield[@code='a']">
        <z:index name="author:w author:p"><xsl:value-of select="."/></z:index>
      </xsl:for-each>
      <z:index name="date:w"><xsl:value-of select="substring(m:controlfield[@tag='008'], 8, 4)"/></z:index>
    </z:record>
  </xsl:template>
</xsl:stylesheet>
